import { useEffect } from 'preact/hooks';
import { Frame } from './frame.tsx';
import { read } from './state/api.ts';
import { me, signedOutBecause, token } from './state/session.ts';
import type { Me } from './types.ts';
import { SignIn } from './views/sign-in.tsx';

/** The page: the sign-in, or the views of the person who is signed in. */
export function App() {
  const own = token.value;
  useEffect(() => {
    if (own !== undefined) void learnWhoIAm();
  }, [own]);
  return own === undefined ? <SignIn /> : <Frame />;
}

/** A version without `GET /me` knows one kind of token, which may do everything. */
const ANYBODY: Me = { name: 'console', role: 'admin' };

async function learnWhoIAm(): Promise<void> {
  const asked = token.value;
  const answer = await read<Me>('/me');
  if (token.value !== asked) return;
  if (answer.kind === 'value') me.value = answer.value;
  else if (answer.kind === 'problem' && answer.problem.status === 404) me.value = ANYBODY;
  else if (answer.kind === 'problem' && answer.problem.status === 403)
    signedOutBecause.value = answer.problem.detail;
  else if (token.value !== undefined) setTimeout(() => void learnWhoIAm(), 5_000);
}

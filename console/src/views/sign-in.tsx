import { useState } from 'preact/hooks';
import { Mark } from '../parts/icon.tsx';
import { Note } from '../parts/note.tsx';
import { signedOutBecause, signIn } from '../state/session.ts';

/** Asks for the token. A password manager may keep it; the page itself keeps it only for this tab. */
export function SignIn() {
  const [typed, setTyped] = useState('');
  const why = signedOutBecause.value;
  return (
    <main class="sign-in">
      <form
        class="panel sign-in-form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn(typed);
        }}
      >
        <span class="brand">
          <Mark /> Poolkeeper
        </span>
        <h1>Sign in</h1>
        {why !== undefined && <Note tint="amber">{why}</Note>}
        <label class="field">
          Console token
          <input
            class="input"
            type="password"
            autoComplete="current-password"
            spellcheck={false}
            required
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <button class="button button-strong" type="submit">
          Sign in
        </button>
        <p class="small dim">
          It is a token of <code>POOLKEEPER_CONSOLE_TOKEN</code>. <code>npm start</code> prints an address
          that signs you in. The token stays in this tab, and is forgotten when you close it.
        </p>
      </form>
    </main>
  );
}

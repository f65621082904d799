import { computed, signal } from '@preact/signals';
import { type Me, type Role, roles } from '../types.ts';

/** The storage of the tab: it ends with the tab, and no other tab reads it. */
const KEY = 'poolkeeper.token';

/** The token of the person at the page. Undefined: no person is signed in. It is never in an address or a log. */
export const token = signal<string | undefined>(undefined);

/** Who is signed in, as `GET /me` says. */
export const me = signal<Me | undefined>(undefined);

/** Why the person has to sign in again, in one sentence. */
export const signedOutBecause = signal<string | undefined>(undefined);

/** Whether the functions work on the simulator of this machine. */
export const isSimulated = computed(() => me.value?.system?.simulated === true);

/**
 * Takes the token that `npm start` hands over in the fragment, `#token=…`, and removes it from the address at once. Without one it
 * takes the token that this tab already has. A fragment may also name the view to open: `#token=…&to=/remediations/…`.
 */
export function takeToken(): void {
  const { hash, pathname, search } = location;
  if (hash.startsWith('#token=')) {
    const handed = new URLSearchParams(hash.slice(1));
    const to = handed.get('to') ?? '/';
    history.replaceState(null, '', `${pathname}${search}#${to.startsWith('/') ? to : '/'}`);
    signIn(handed.get('token') ?? '');
    return;
  }
  token.value = stored();
}

/** Keeps a token for this tab. */
export function signIn(value: string): void {
  const trimmed = value.trim();
  if (trimmed === '') return;
  me.value = undefined;
  signedOutBecause.value = undefined;
  token.value = trimmed;
  try {
    sessionStorage.setItem(KEY, trimmed);
  } catch {
    // A browser may refuse storage: the token then lives as long as this page.
  }
}

/** Forgets the token. @param why one sentence for the person, if it was not their own wish. */
export function signOut(why?: string): void {
  token.value = undefined;
  me.value = undefined;
  signedOutBecause.value = why;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether the role of the person allows what another role allows. Each role may do all that the roles before it may. */
export function may(needed: Role): boolean {
  const own = me.value?.role;
  return own !== undefined && roles.indexOf(own) >= roles.indexOf(needed);
}

/** Why a button is disabled, or undefined. The answer of the API decides in the end. */
export function whyNot(needed: Role): string | undefined {
  if (may(needed)) return undefined;
  return `Your role is ${me.value?.role ?? 'unknown'}. This needs the role ${needed}.`;
}

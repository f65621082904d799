import { nearest } from './nearest.ts';

/** The roles of people at the console. Each role may also do everything that the roles before it may. */
export const roles = ['read', 'command', 'approve', 'admin'] as const;
export type Role = (typeof roles)[number];

/**
 * A caller of a route: its name in the ledger, and its tokens. `source`: the only source of alerts that takes its tokens; absent: any
 * source does. `role`: the role of a person at the console; absent: the caller is no person.
 */
export type Caller = { name: string; tokens: readonly string[]; source?: string; role?: Role };

/** Whether a role includes a needed one. */
export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** A token must not be easy to guess: 32 characters of base64 are 192 bits. */
export const MIN_TOKEN_CHARACTERS = 32;

/** The name of a person whose token has none. */
const BARE_PERSON = 'console';

const NAMED = /^([A-Za-z][A-Za-z0-9._-]{0,62})(?:@([a-z][a-z0-9-]{0,30}))?:(.+)$/;

const MEANT_FOR_A_SOURCE = /^[^:@]*@[^:]*:/;

const WITH_ROLE = /^([^:]*):([A-Za-z]+):(.*)$/;

const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,62}$/;

/**
 * One entry of a variable that holds tokens: `name:token`, `name@source:token`, or only a token.
 *
 * @param bareName the holder's name of a token without a name.
 * @returns undefined if the token is too short, or if the text before `@` or the source behind it is malformed. As a bare token, such
 * an entry would open every source under another name.
 */
export function toCaller(entry: string, bareName: string): Caller | undefined {
  const [, name, source, token = ''] = NAMED.exec(entry) ?? [];
  if (name !== undefined && token.length >= MIN_TOKEN_CHARACTERS) {
    if (source !== undefined) return { name, tokens: [token], source };
    // The whole entry is a token too. So an old token with a colon stays valid.
    return { name, tokens: [token, entry] };
  }
  if (MEANT_FOR_A_SOURCE.test(entry)) return undefined;
  return entry.length >= MIN_TOKEN_CHARACTERS ? { name: bareName, tokens: [entry] } : undefined;
}

/**
 * One entry of the variable with the tokens of people: `name:role:token`, `name:token` or only a token. Without a role it is that of
 * an `admin`, as all entries were before there were roles. An old token with colons therefore stays valid.
 *
 * @returns undefined if the token is too short, or if the entry has a role and its name is malformed. Also if the word in the place
 * of the role is almost a role: otherwise a slip would make an `admin`.
 */
export function toPerson(entry: string): (Caller & { role: Role }) | undefined {
  const [, name = '', word = '', token = ''] = WITH_ROLE.exec(entry) ?? [];
  const role = roles.find((one) => one === word);
  if (role !== undefined) {
    const isWhole = NAME.test(name) && token.length >= MIN_TOKEN_CHARACTERS;
    // The whole entry must not be a token with more rights than its role.
    return isWhole ? { name, role, tokens: [token, entry] } : undefined;
  }
  if (nearest(word, roles) !== undefined) return undefined;
  const caller = toCaller(entry, BARE_PERSON);
  return caller && { ...caller, role: 'admin' };
}

/** The entries of a variable. */
export function entriesOf(variable: string): string[] {
  return variable.split(',').map((entry) => entry.trim());
}

/** The token of a variable's first entry. */
export function firstToken(variable: string): string {
  const [entry = ''] = entriesOf(variable);
  return toCaller(entry, '')?.tokens[0] ?? entry;
}

/** The first token of the highest role, in a variable with the tokens of people. */
export function strongestToken(variable: string): string {
  const [strongest] = entriesOf(variable)
    .flatMap((entry) => toPerson(entry) ?? [])
    .toSorted((a, b) => roles.indexOf(b.role) - roles.indexOf(a.role));
  return strongest?.tokens[0] ?? firstToken(variable);
}

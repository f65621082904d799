/**
 * A caller of a route: its name in the ledger, and its tokens. `source`: the only source of alerts that takes its tokens; absent: any
 * source does.
 */
export type Caller = { name: string; tokens: readonly string[]; source?: string };

/** A token must not be easy to guess: 32 characters of base64 are 192 bits. */
export const MIN_TOKEN_CHARACTERS = 32;

const NAMED = /^([A-Za-z][A-Za-z0-9._-]{0,62})(?:@([a-z][a-z0-9-]{0,30}))?:(.+)$/;

const MEANT_FOR_A_SOURCE = /^[^:@]*@[^:]*:/;

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

/** The entries of a variable. */
export function entriesOf(variable: string): string[] {
  return variable.split(',').map((entry) => entry.trim());
}

/** The token of a variable's first entry. */
export function firstToken(variable: string): string {
  const [entry = ''] = entriesOf(variable);
  return toCaller(entry, '')?.tokens[0] ?? entry;
}

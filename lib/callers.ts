/** Who may call a route: the name under which the ledger keeps what they do, and what they present. */
export type Caller = { name: string; tokens: readonly string[] };

/** A token that can be guessed is none: 32 characters of base64 are 192 bits. */
export const MIN_TOKEN_CHARACTERS = 32;

const NAMED = /^([A-Za-z][A-Za-z0-9._-]{0,62}):(.+)$/;

/**
 * One entry of a variable that holds tokens: `name:token`, or a token alone.
 *
 * @param bareName what the holder of a token without a name is called.
 * @returns undefined where the token is too short.
 */
export function toCaller(entry: string, bareName: string): Caller | undefined {
  const [, name, token = ''] = NAMED.exec(entry) ?? [];
  if (name !== undefined && token.length >= MIN_TOKEN_CHARACTERS) {
    // The whole entry is a token too. So an old token that has a colon stays valid.
    return { name, tokens: [token, entry] };
  }
  return entry.length >= MIN_TOKEN_CHARACTERS ? { name: bareName, tokens: [entry] } : undefined;
}

/** The entries of a variable, as they are separated in it. */
export function entriesOf(variable: string): string[] {
  return variable.split(',').map((entry) => entry.trim());
}

/** What the first entry of a variable has to be presented with. */
export function firstToken(variable: string): string {
  const [entry = ''] = entriesOf(variable);
  return toCaller(entry, '')?.tokens[0] ?? entry;
}

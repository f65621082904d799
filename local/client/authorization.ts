/** A bearer token, and its variable. Without one it was made for this run, and may be shown. */
export type ShownToken = { value: string; variable?: string | undefined };

/**
 * The header for a shell. A token from the environment is a secret and stays there; if it holds several, the first is used.
 */
export function authorization({ value, variable }: ShownToken): string {
  return variable === undefined
    ? `'authorization: Bearer ${value}'`
    : `"authorization: Bearer \${${variable}%%,*}"`;
}

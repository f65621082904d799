/** A bearer token, and the variable that it comes from; without one it was made for this run, and may be shown. */
export type ShownToken = { value: string; variable?: string | undefined };

/** The header for a shell. One from the environment is a secret and stays there; of several in it the first is used. */
export function authorization({ value, variable }: ShownToken): string {
  return variable === undefined
    ? `'authorization: Bearer ${value}'`
    : `"authorization: Bearer \${${variable}%%,*}"`;
}

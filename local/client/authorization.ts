/** A bearer token, and its variable or its file. Without one it was made for this run, and may be shown. */
export type ShownToken = { value: string; variable?: string | undefined; file?: string | undefined };

/**
 * The header for a shell. A token from the environment or a file is a secret and stays there; if a variable holds several, the first is
 * used.
 */
export function authorization({ value, variable, file }: ShownToken): string {
  if (variable !== undefined) return `"authorization: Bearer \${${variable}%%,*}"`;
  return file === undefined ? `'authorization: Bearer ${value}'` : `"authorization: Bearer $(cat ${file})"`;
}

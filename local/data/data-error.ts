/** A data folder cannot be used as it is. The message says why, where, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** The text of an error of the file system, with the usual remedy for it. */
export function describeFileError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `${text}. The disk is full: free some space, and start again. Nothing is lost.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${text}. Make it writable for this user, or choose another folder with --data or POOLKEEPER_DATA.`;
  return `${text}. Choose another folder with --data or POOLKEEPER_DATA.`;
}

/** A data folder cannot be used as it is. The message says why, where, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

const OTHER_FOLDER = 'choose another folder with --data or POOLKEEPER_DATA';

/**
 * The text of an error of the file system, with the usual remedy for it.
 *
 * @param choice how the user names another place
 */
export function describeFileError(error: unknown, choice = OTHER_FOLDER): string {
  const text = textOf(error);
  const code = codeOf(error);
  if (isFull(error)) return `${text}. The disk is full: free some space, and start again. Nothing is lost.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${text}. Make it writable for this user, or ${choice}.`;
  return `${text}. ${choice.replace(/^./, (letter) => letter.toUpperCase())}.`;
}

/** An error of the disk as one for the reader. Any other error stays as it is. @param what the work that failed, as a sentence */
export function asDataError(error: unknown, what: string, choice?: string): unknown {
  const isOfDisk =
    isFull(error) ||
    codeOf(error) === LEVEL_DB ||
    (error instanceof Error && 'syscall' in error && 'path' in error);
  return isOfDisk ? new DataError(`${what}: ${describeFileError(error, choice)}`, { cause: error }) : error;
}

/** The end of a system whose ledger takes no more writes. */
export function unwritableLedger(directory: string, error: unknown): DataError {
  const [what, remedy] = isFull(error)
    ? [`The disk with ${directory} is full`, 'free some space']
    : [`${directory} takes no more writes`, 'repair its disk (`dmesg` may say more)'];
  return new DataError(
    `${what}: ${textOf(error)}. Poolkeeper has ended. The write was not confirmed, so nothing is lost: ${remedy}, and start it again. ` +
      'Senders send their alerts again.',
    { cause: error },
  );
}

/** The code of LevelDB for every error of a disk. */
const LEVEL_DB = 'LEVEL_IO_ERROR';

/** LevelDB and SQLite have no code for it. */
const FULL = /no space left on device|quota exceeded|database or disk is full/i;

/** Whether an error of a file, of LevelDB or of SQLite says that the disk is full. */
export function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || FULL.test(textOf(error));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

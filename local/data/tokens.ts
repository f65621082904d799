import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MIN_TOKEN_CHARACTERS } from '#lib/callers';
import { DataError, describeFileError } from './data-error.ts';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';

/** The tokens that a system keeps. Each has a file of its own, as `credentials_file` of Prometheus and Alertmanager wants it. */
export const TOKEN_NAMES = ['webhook', 'console'] as const;
export type TokenName = (typeof TOKEN_NAMES)[number];

export type KeptToken = { value: string; file: string };

const OTHERS = 0o077;

/** A new token. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Reads a token from its file, or makes it once. Only this user may read the file; a wider mode is narrowed, and a line says so.
 *
 * @param folder absolute
 * @throws DataError if the file cannot be read or written, or holds no token. It never shows the content.
 */
export async function keepToken(
  folder: string,
  name: TokenName,
  report: (line: string) => void,
): Promise<KeptToken> {
  const file = path.join(folder, name);
  try {
    await makeFolder(folder, 0o700);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) {
      const value = makeToken();
      await writeWhole(file, `${value}\n`, 0o600);
      return { value, file };
    }
    await narrow(file, report);
    const value = text.trim();
    if (value.length >= MIN_TOKEN_CHARACTERS && !/[\s,:]/.test(value)) return { value, file };
  } catch (error) {
    throw new DataError(`The token file ${file} cannot be used: ${describeFileError(error)}`, {
      cause: error,
    });
  }
  throw new DataError(
    `The token file ${file} must hold one token of ${MIN_TOKEN_CHARACTERS} characters or more, in one line. Correct it, or delete it: the ` +
      'next start makes a new token then, and its holders need that one.',
  );
}

/** Takes the rights of others away from a file. */
async function narrow(file: string, report: (line: string) => void): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & OTHERS) === 0) return;
  await chmod(file, 0o600);
  report(
    `Other users of this machine could read ${file} (mode ${octal(mode)}); it has mode 600 now. If one of them may have read it, delete ` +
      'it and start again: that makes a new token.',
  );
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}

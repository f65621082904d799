import { fstatSync } from 'node:fs';

/** The weight of a line in the journal of systemd, as `journalctl -p` selects it. */
export type Level = 'info' | 'warn' | 'error';

/** The priorities of syslog, as sd-daemon(3) writes them before a line. The journal takes them away. */
const PREFIXES = { info: '', warn: '<4>', error: '<3>' } as const satisfies Record<Level, string>;

/**
 * The prefix for lines of this level on this stream: empty unless the stream leads to the journal. systemd names the device and the inode
 * of its socket in JOURNAL_STREAM (systemd.exec(5)), which a redirected stream does not have.
 */
export function levelPrefixes(
  stream: object,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): (level: Level) => string {
  const isJournal = leadsTo(environment['JOURNAL_STREAM'], stream);
  return (level) => (isJournal ? PREFIXES[level] : '');
}

function leadsTo(journal: string | undefined, stream: object): boolean {
  if (!journal || !('fd' in stream) || typeof stream.fd !== 'number') return false;
  try {
    const { dev, ino } = fstatSync(stream.fd, { bigint: true });
    return journal === `${dev}:${ino}`;
  } catch {
    // A closed stream leads nowhere.
    return false;
  }
}

/** Standard error with the level of an error before each line, if it leads to the journal; otherwise the stream itself. */
export function errorsOn<S extends { write(text: string): unknown }>(
  stream: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): S | { write(text: string): void } {
  const prefix = levelPrefixes(stream, environment)('error');
  if (prefix === '') return stream;
  return { write: (text) => void stream.write(text.replaceAll(/^(?=.)/gm, prefix)) };
}

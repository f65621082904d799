import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { strongestToken } from '#lib/callers';
import { findRunningSystem, isClosedToUser } from '#local/client/system-file';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../failure.ts';

/** A running system, as its clients need it. */
export type Connection = {
  /** Without a slash at the end. */
  url: string;
  consoleToken: string;
  /** The system was started on this machine, with these data. */
  isLocal: boolean;
  /** The token was made for this run, so it may be shown. Otherwise it is the user's own. */
  mayShowToken: boolean;
};

type Around = Pick<Context, 'environment' | 'directory' | 'home' | 'complain'>;

/**
 * Finds the system: the one of `--url` or POOLKEEPER_URL, otherwise the one that runs here, otherwise that of PORT on this machine. Its
 * token comes from `--token-file`, from POOLKEEPER_CONSOLE_TOKEN, or from the running system itself.
 *
 * @throws CommandError if there is no system, or no token for it
 */
export async function findConnection(around: Around, flags: ConnectionFlags): Promise<Connection> {
  const { environment, home } = around;
  const running = await findRunningSystem(home.data);
  const named =
    flags.url ?? nonEmpty(environment['POOLKEEPER_URL']) ?? onPort(environment['PORT'], running?.url);
  const url = named === undefined ? running?.url : checkedUrl(named, around);
  if (url === undefined) throw await noSystem(home.data);
  const isLocal = url === running?.url;
  const given = await givenToken(around, flags);
  if (given !== undefined) return { url, consoleToken: given, isLocal, mayShowToken: false };
  if (isLocal) {
    const mayShowToken = running.consoleTokenVariable === undefined;
    return { url, consoleToken: running.consoleToken, isLocal, mayShowToken };
  }
  throw new CommandError(
    `There is no token for ${url}. Set POOLKEEPER_CONSOLE_TOKEN, or name a file that has it with --token-file.`,
    'credential',
  );
}

async function noSystem(data: string): Promise<CommandError> {
  const folder = path.join(data, '.poolkeeper');
  const other =
    'name one with --url or POOLKEEPER_URL, and its token with --token-file or POOLKEEPER_CONSOLE_TOKEN.';
  return (await isClosedToUser(data))
    ? new CommandError(
        `${folder} is closed to your user: run this as the user whose system has it, or ${other}`,
        'credential',
      )
    : new CommandError(
        `No system runs here: ${folder} has none. Start one with \`poolkeeper start\`, or ${other}`,
        'unreachable',
      );
}

/** A system on another port of this machine, as the local commands know it. */
function onPort(port: string | undefined, running: string | undefined): string | undefined {
  const url = port === undefined || port === '' || port === '0' ? undefined : `http://127.0.0.1:${port}`;
  return url === running ? undefined : url;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function checkedUrl(text: string, { complain }: Pick<Around, 'complain'>): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      `${text} is not the address of a system: it must be like https://poolkeeper.example.com.`,
      'usage',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandError(
      'The address of the system must not contain a password: use --token-file.',
      'usage',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    complain(`Warning: ${url.origin} is not https, so everyone on the way can read the token.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

async function givenToken(
  { environment, directory, complain }: Around,
  { tokenFile }: ConnectionFlags,
): Promise<string | undefined> {
  if (tokenFile === undefined) {
    const variable = nonEmpty(environment['POOLKEEPER_CONSOLE_TOKEN']);
    return variable === undefined ? undefined : strongestToken(variable);
  }
  const file = path.resolve(directory, tokenFile);
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text === '' || /\s/.test(text)) {
      throw new CommandError(`${tokenFile} must hold the console token alone, in one line.`, 'usage');
    }
    if (((await stat(file)).mode & 0o077) !== 0) {
      complain(
        `Warning: other users of this machine may read ${tokenFile}. To prevent that: chmod 600 ${tokenFile}`,
      );
    }
    return strongestToken(text);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`The token file cannot be read: ${reason}`, 'usage', { cause: error });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

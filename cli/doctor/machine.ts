import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { entriesOf, MIN_TOKEN_CHARACTERS, toCaller, toPerson } from '#lib/callers';
import type { Rules } from '#lib/rules/rules';
import { bad, type Check, good, unknown, warning } from './check.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Signatures are refused if the clocks differ by more than 15 minutes. */
const SKEW_REFUSED_MS = 15 * 60_000;
const SKEW_NOTABLE_MS = 60_000;

/** Compares the clock of this machine with the API's `Date`. */
export async function checkClock(endpoint: string, nowMs: () => number): Promise<Check> {
  const name = 'clock';
  try {
    const response = await fetch(endpoint, {
      method: 'HEAD',
      signal: AbortSignal.timeout(10_000),
      redirect: 'manual',
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(date) ? unknown(name, 'the API tells no time') : judgeClock(nowMs() - date);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return bad(
      name,
      `${new URL(endpoint).origin} does not answer: ${reason}`,
      'Check MODELARTS_ENDPOINT, and the network and proxy of this machine.',
    );
  }
}

/** @param skewMs how much this machine is ahead */
export function judgeClock(skewMs: number): Check {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const text = `this machine is ${seconds} s ${skewMs < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(skewMs) >= SKEW_REFUSED_MS)
    return bad('clock', text, 'The API refuses such signatures. Set the clock, for example with NTP.', 'all');
  if (Math.abs(skewMs) >= SKEW_NOTABLE_MS)
    return warning('clock', text, 'Set the clock, for example with NTP: alerts are judged by their time.');
  return good('clock', seconds === 0 ? 'right' : text);
}

/** Whether the tokens for senders and people are set, readable, and long enough. It shows none of them. */
export function checkTokens(environment: Environment): Check[] {
  const check = (variable: string, isGood: (entry: string) => boolean): Check => {
    const text = environment[variable] ?? '';
    if (text === '') {
      return good(variable, 'not set: a system with the real API makes a token once, and keeps it');
    }
    const weak = entriesOf(text).filter((entry) => !isGood(entry)).length;
    return weak === 0
      ? good(variable, 'strong enough')
      : bad(
          variable,
          `${weak} of its entries cannot be used`,
          `An entry is a token of ${MIN_TOKEN_CHARACTERS} characters or more, or name:token, or name:role:token for people.`,
        );
  };
  return [
    check('POOLKEEPER_WEBHOOK_TOKEN', (entry) => toCaller(entry, 'webhook') !== undefined),
    check('POOLKEEPER_CONSOLE_TOKEN', (entry) => toPerson(entry) !== undefined),
  ];
}

/** Whether the folder of the ledger can be written. It leaves no folder behind that was not there. */
export async function checkLedger(data: string): Promise<Check> {
  const folder = path.join(data, '.poolkeeper/data');
  const probe = path.join(data, `.poolkeeper/doctor.${process.pid}`);
  try {
    const made = await mkdir(path.dirname(probe), { recursive: true });
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
    if (made !== undefined) await removeEmpty(path.dirname(probe), made);
    return good('ledger', `${folder} can be written`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return bad(
      'ledger',
      `${folder} cannot be written: ${reason}`,
      'Name another folder with POOLKEEPER_DATA, or make this one writable.',
    );
  }
}

/** Removes a folder, and those above it up to `last`. One that a system has begun to use meanwhile stays, with those above it. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    return;
  }
  if (folder !== last) await removeEmpty(path.dirname(folder), last);
}

/** Whether the hosts of the recipients accept a connection. No notice is sent, and no address is shown beyond its host. */
export async function checkRecipients({ notify }: Pick<Rules, 'notify'>): Promise<Check[]> {
  if (notify.length === 0) {
    return [
      warning(
        'recipients',
        'there are none: no person gets a notice',
        'Add notify to the rules file, with a webhook that people read.',
      ),
    ];
  }
  return Promise.all(
    notify.map(async (target, index) => {
      const name = `notify[${index}]`;
      const text: unknown = Reflect.get(target, 'url');
      const url = typeof text === 'string' ? URL.parse(text) : null;
      if (!url) return unknown(name, 'its address is no plain URL: not checked');
      return (await accepts(url))
        ? good(name, `${url.host} accepts connections`)
        : bad(
            name,
            `${url.host} accepts no connection`,
            'Check the address in the rules file, and the network of this machine.',
          );
    }),
  );
}

function accepts({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: Number(port || (protocol === 'http:' ? 80 : 443)),
    });
    const settle = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(10_000, () => settle(false));
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

import type { Clock } from '#lib/clock';
import type { Ledger } from './ledger.ts';

type IssuedOptions = {
  ledger: Pick<Ledger, 'newest'>;
  clock: Clock;
  signal: AbortSignal;
  /** Whether everything is in the ledger when `run` has ended; otherwise it is waited for. */
  answers: boolean;
};

const LOOK_EVERY_MS = 500;
/** A message is taken in within a few seconds. */
const PATIENCE_MS = 10_000;

/**
 * Lets tag policies be enforced, and finds the commands that come of it: those that are new in the ledger and have a tag
 * policy as their reason. None, where no node needs anything that is not recorded already.
 *
 * @returns their ids, oldest first.
 */
export async function issuedByTagPolicies(
  run: () => Promise<void>,
  { ledger, clock, signal, answers }: IssuedOptions,
): Promise<string[]> {
  const before = new Set(await idsIn(ledger));
  await run();
  const untilMs = clock.now() + (answers ? 0 : PATIENCE_MS);
  let seen = 0;
  for (;;) {
    const issued = (await idsIn(ledger)).filter((id) => !before.has(id));
    // They come one after another: once a look finds no more of them, all are there.
    if ((issued.length > 0 && issued.length === seen) || clock.now() >= untilMs) return issued.reverse();
    seen = issued.length;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function idsIn(ledger: Pick<Ledger, 'newest'>): Promise<string[]> {
  const remediations = await ledger.newest();
  return remediations.filter(({ reason }) => reason?.source === 'tag-policy').map(({ id }) => id);
}

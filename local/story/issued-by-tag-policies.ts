import type { Clock } from '#lib/clock';
import type { Ledger } from './ledger.ts';

type IssuedOptions = {
  ledger: Pick<Ledger, 'newest'>;
  clock: Clock;
  signal: AbortSignal;
  /** Whether what `run` has begun is over, and everything that comes of it is in the ledger. */
  isOver: () => Promise<boolean>;
};

const LOOK_EVERY_MS = 500;
/** What is not over by then fails again and again, and its log says why. */
const PATIENCE_MS = 120_000;

/**
 * Lets tag policies be enforced, and finds the commands that come of it: those that are new in the ledger and have a tag
 * policy as their reason. None, where no node needs anything that is not recorded already.
 *
 * @returns their ids, oldest first.
 */
export async function issuedByTagPolicies(
  run: () => Promise<void>,
  { ledger, clock, signal, isOver }: IssuedOptions,
): Promise<string[]> {
  const before = new Set(await idsIn(ledger));
  await run();
  const untilMs = clock.now() + PATIENCE_MS;
  while (!(await isOver()) && clock.now() < untilMs) await clock.sleep(LOOK_EVERY_MS, signal);
  const issued = (await idsIn(ledger)).filter((id) => !before.has(id));
  return issued.reverse();
}

async function idsIn(ledger: Pick<Ledger, 'newest'>): Promise<string[]> {
  const remediations = await ledger.newest();
  return remediations.filter(({ reason }) => reason?.source === 'tag-policy').map(({ id }) => id);
}

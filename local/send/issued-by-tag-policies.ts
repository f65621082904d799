import type { Clock } from '#lib/clock';
import type { Ledger } from '#local/client/ledger';

type IssuedOptions = {
  ledger: Pick<Ledger, 'newest'>;
  clock: Clock;
  signal: AbortSignal;
  /** Whether the work of `run` is finished, and all its results are in the ledger. */
  isOver: () => Promise<boolean>;
};

const LOOK_EVERY_MS = 500;
/** Work that is unfinished by then fails again and again, and its log says why. */
const PATIENCE_MS = 120_000;

/**
 * Has tag policies enforced, and finds the resulting commands: those that are new in the ledger and have a tag policy as
 * their reason. There are none if the ledger already has every necessary change.
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

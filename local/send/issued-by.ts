import type { Clock } from '#lib/clock';
import type { Ledger } from '#local/client/ledger';

type IssuedOptions = {
  ledger: Pick<Ledger, 'newest'>;
  clock: Clock;
  signal: AbortSignal;
  /** Whether the work of `run` is finished, and all its results are in the ledger. */
  isOver: () => Promise<boolean>;
  /** The source in the reasons of the commands. @default 'tag-policy' */
  source?: string;
};

const LOOK_EVERY_MS = 500;
/** Work that is unfinished by then fails again and again, and its log says why. */
const PATIENCE_MS = 120_000;

/**
 * Starts work that decides about commands by itself, and finds these commands: those that are new in the ledger and have its source
 * in their reason. There are none if the ledger already has all of them.
 *
 * @returns their ids, oldest first.
 */
export async function issuedBy(
  run: () => Promise<void>,
  { ledger, clock, signal, isOver, source = 'tag-policy' }: IssuedOptions,
): Promise<string[]> {
  const before = new Set(await idsIn(ledger, source));
  await run();
  const untilMs = clock.now() + PATIENCE_MS;
  while (!(await isOver()) && clock.now() < untilMs) await clock.sleep(LOOK_EVERY_MS, signal);
  const issued = (await idsIn(ledger, source)).filter((id) => !before.has(id));
  return issued.reverse();
}

async function idsIn(ledger: Pick<Ledger, 'newest'>, source: string): Promise<string[]> {
  const remediations = await ledger.newest();
  return remediations.filter(({ reason }) => reason?.source === source).map(({ id }) => id);
}

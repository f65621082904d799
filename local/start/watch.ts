import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded } from '#lib/ledger/phase';
import { targetsText } from '#lib/sentences/remediation';
import { RequestError } from '#local/client/http-json';
import type { Ledger, Remediation } from '#local/client/ledger';
import type { Screen } from '#local/screen/screen';
import { isOver } from '#local/story/follow';
import { endLine } from '#local/story/receipt-lines';

export type WatchOptions = {
  ledger: Pick<Ledger, 'newest' | 'show'>;
  screen: Screen;
  /** Settles when a function has done work that may have changed the ledger. */
  activity: () => Promise<void>;
  signal: AbortSignal;
};

/** The shortest time between two polls of the ledger. */
const REST_MS = 300;

type Known = ReadonlyMap<string, Remediation>;

/**
 * Shows every change of state in the ledger from now on, one line each, until the signal aborts. It looks only after a
 * function has worked, so an idle system stays idle.
 */
export async function watchLedger({ ledger, screen, activity, signal }: WatchOptions): Promise<never> {
  let known: Known = new Map();
  for (let isFirst = true; ; isFirst = false) {
    const current = await look(ledger, known, isFirst);
    if (!isFirst) for (const remediation of changed(current, known)) show(screen, remediation);
    known = current;
    await activity();
    await delay(REST_MS, undefined, { signal });
  }
}

/** The newest remediations, and older ones that were in progress. A failed look shows nothing new. */
async function look(ledger: WatchOptions['ledger'], known: Known, isFirst: boolean): Promise<Known> {
  try {
    const listed = await ledger.newest();
    const newest = new Map(
      await Promise.all(
        listed.map(async (one) => [one.id, await withGuards(one, ledger, known, isFirst)] as const),
      ),
    );
    const open = [...known.values()].filter(({ id, state }) => !newest.has(id) && !hasEnded(state));
    const older = await Promise.all(open.map(({ id }) => ledger.show(id)));
    for (const remediation of older) if (remediation) newest.set(remediation.id, remediation);
    return newest;
  } catch (error) {
    if (error instanceof RequestError) return known;
    throw error;
  }
}

/** An observed one is over once its guards are on record. The list does not say so, and it is asked for only where that may be news. */
async function withGuards(
  remediation: Remediation,
  ledger: WatchOptions['ledger'],
  known: Known,
  isFirst: boolean,
): Promise<Remediation> {
  if (remediation.state !== 'observed' || isFirst) return remediation;
  const before = known.get(remediation.id);
  if (before?.updatedAt === remediation.updatedAt) return before;
  return (await ledger.show(remediation.id)) ?? remediation;
}

/** Those that entered another state, oldest first. */
function changed(current: Known, known: Known): Remediation[] {
  return [...current.values()]
    .filter((remediation) => shownState(remediation) !== shownState(known.get(remediation.id)))
    .reverse();
}

/** An observed one has nothing to show before its guards have been evaluated. */
function shownState(remediation: Remediation | undefined): string | undefined {
  return remediation?.state === 'observed' && !isOver(remediation) ? undefined : remediation?.state;
}

function show(screen: Screen, remediation: Remediation): void {
  const { label, text, tone } = endLine(remediation);
  const time = screen.paint('dim', new Date().toTimeString().slice(0, 8));
  const subject = `${remediation.action} ${targetsText(remediation)}`;
  const lead = `${time}  ${screen.paint(tone, label.padEnd(19))}`;
  screen.columns(lead, `${subject}${text && `: ${text}`}`, 'plain', tone);
}

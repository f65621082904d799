import type { Clock } from '#lib/clock';
import { hasEnded } from '#lib/ledger/phase';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { targetsText } from '#lib/sentences/remediation';
import type { Ledger, Remediation } from '#local/client/ledger';
import { progressBar } from '#local/screen/progress-bar';
import type { Screen } from '#local/screen/screen';
import { endLine, receiptLines } from './receipt-lines.ts';
import { storyLead } from './story-lead.ts';
import type { StoryLine } from './story-line.ts';

export type FollowOptions = {
  ledger: Pick<Ledger, 'show'>;
  screen: Screen;
  /** The finished share of a job, 0 to 1; undefined if it is unknown. */
  progressOf?: (jobId: string) => Promise<number | undefined>;
  /** The zero of the times on the screen. Epoch milliseconds. */
  startedAtMs: number;
  clock: Clock;
  /** Limit of the time to follow. Epoch milliseconds. */
  untilMs: number;
  signal: AbortSignal;
};

/** The labels of a first line: it names its subject. */
const BEGINNINGS = new Set(['alert accepted', 'command accepted', 'schedule fired', 'tag policy read']);

const POLL_EVERY_MS = 400;

/**
 * An entry or an explanation that is missing this long after the last change will not come. It may be among the dead letters.
 */
const PATIENCE_MS = 120_000;

/** `follow` ends for a command that waits for longer than this, if nothing has changed for `QUIET_MS`. */
const WAITS_LONG_MS = 45_000;
const QUIET_MS = 20_000;

/**
 * Shows the progress of remediations, live, until each has ended or the time is over: one line for each receipt in the
 * ledger. Equal lines of several remediations become one line. It also follows the next rung of a ladder. It does not wait
 * for a remediation with a long wait: the last line says how long it waits, and why.
 *
 * @returns their last seen states; a remediation that never came into the ledger is missing.
 */
export async function follow(ids: readonly string[], options: FollowOptions): Promise<Remediation[]> {
  const { ledger, screen, startedAtMs, clock, untilMs, signal } = options;
  const seen = new Map<string, Remediation>();
  const bar = progressBar(screen);
  const several = ids.length > 1;
  const followed = [...ids];
  let lastNewsMs = startedAtMs;

  for (;;) {
    const lines: (StoryLine & { subject: string })[] = [];
    // Grows during the loop: a rung that did not help names the next one.
    for (const id of followed) {
      const before = seen.get(id);
      if (before && isOver(before)) continue;
      const remediation = await ledger.show(id);
      if (!remediation) continue;
      seen.set(id, remediation);
      const { escalatedTo } = remediation;
      if (escalatedTo !== undefined && !followed.includes(escalatedTo)) followed.push(escalatedTo);
      const fresh = newReceipts(remediation.receipts, before?.receipts ?? []);
      const added = [
        ...receiptLines(fresh, remediation, { guards: several ? 'sum' : 'each' }),
        ...(isOver(remediation) ? [endLine(remediation)] : []),
      ];
      lines.push(...added.map((line) => ({ ...line, subject: targetsText(remediation) })));
    }
    for (const line of joined(lines)) show(screen, line, startedAtMs, several);
    if (lines.length > 0) lastNewsMs = clock.now();

    const all = [...seen.values()];
    const now = clock.now();
    const complete = seen.size === followed.length && all.every(isOver);
    const underWay = all.some((one) => one.state !== 'observed' && !isOver(one));
    const waitsLong =
      seen.size === followed.length &&
      now - lastNewsMs >= QUIET_MS &&
      all.every((one) => isOver(one) || waitsFor(one, now) > WAITS_LONG_MS);
    if (complete || waitsLong || (!underWay && now - lastNewsMs >= PATIENCE_MS) || now >= untilMs) return all;
    const running = all.find(({ state, jobId }) => state === 'running' && jobId !== undefined);
    const progress = running?.jobId === undefined ? undefined : await options.progressOf?.(running.jobId);
    if (progress !== undefined) bar.show(storyLead(screen, now - startedAtMs, 'job progress'), progress);
    await clock.sleep(POLL_EVERY_MS, signal);
  }
}

/** Whether no more receipts will come. An observed remediation still gets the verdicts of its guards. */
export function isOver({ state, receipts }: Remediation): boolean {
  if (state === 'awaiting-approval') return true;
  if (state === 'observed') return receipts.some(({ step }) => step === 'guard');
  return hasEnded(state);
}

/** The remaining wait of a remediation, in milliseconds; 0 if it does not wait. */
function waitsFor({ state, deferredUntil }: Remediation, now: number): number {
  return state === 'deferred' && typeof deferredUntil === 'string' ? Date.parse(deferredUntil) - now : 0;
}

/** The new receipts. New ones come at the end, but the ledger may have removed repeated ones before them. */
function newReceipts(receipts: readonly Receipt[], before: readonly Receipt[]): Receipt[] {
  const last = JSON.stringify(before.at(-1));
  const known = receipts.findLastIndex((receipt) => JSON.stringify(receipt) === last);
  return receipts.slice(known + 1);
}

type JoinedLine = StoryLine & { subjects: string[] };

/** Joins equal lines of several subjects into one, at the position of the first. */
function joined(lines: readonly (StoryLine & { subject: string })[]): JoinedLine[] {
  const groups = Map.groupBy(lines, ({ label, text }) => JSON.stringify([label, text]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, subjects: [first.subject, ...others.map(({ subject }) => subject)] }] : [],
  );
}

function show(
  screen: Screen,
  { at, label, text, tone, subjects }: JoinedLine,
  startedAtMs: number,
  several: boolean,
): void {
  const [first = ''] = subjects;
  const subject = subjects.length === 1 ? first : `${subjects.length} nodes`;
  const namesSubject = BEGINNINGS.has(label) || (several && label !== '');
  const said = namesSubject ? [subject, text].filter((part) => part !== '').join(': ') : text;
  const sinceMs = label === '' ? undefined : Date.parse(at) - startedAtMs;
  screen.columns(storyLead(screen, sinceMs, label, tone), said, tone);
}

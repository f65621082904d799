import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import type { Rules } from '#lib/rules/rules';
import type { Call } from '#local/rehearsal/api';
import { fireSchedules } from '#local/rehearsal/fire-schedules';
import { remediationsIn, shownRemediations } from '#local/rehearsal/ledger';
import type { StartingPool } from '#local/rehearsal/pools';
import { createRehearsal, type Rehearsal } from '#local/rehearsal/rehearsal';
import type { Node } from '#local/simulator/world/node';
import type { Assumptions } from './assumptions.ts';
import { assumeCourse } from './course-of-calls.ts';
import { episodeOf, followPlans, followRepairs } from './follow-up.ts';
import type { HistoricDelivery, History } from './history.ts';
import { nodeFinder } from './node-finder.ts';
import { type Peak, peaksOf } from './peaks.ts';
import { replayableSchedules } from './schedules.ts';

export type ReplayOptions = {
  rules: Rules;
  history: History;
  pools: readonly StartingPool[];
  assumptions: Assumptions;
  /** The same seed gives the same result. */
  seed: number;
  /** Hears of the share of the history that is done, 0 to 1. */
  onProgress?: (share: number) => void;
};

/** The deeds of the rules. */
export type ReplayResult = {
  remediations: readonly (ShownRemediation & { refusedBy: readonly string[] })[];
  calls: readonly Call[];
  /** Alerts that led to nothing, by the reason. */
  ignored: ReadonlyMap<string, number>;
  /** The most nodes of each pool that calls had out of service at once. */
  peaks: readonly Peak[];
};

const HOUR_MS = 3_600_000;
/** After the last alert, work may wait for as long. */
const REST_HOURS = 26;
const LONG_AGO_MS = 1e13;

/** The result of a history without deliveries. */
export const NOTHING: ReplayResult = { remediations: [], calls: [], ignored: new Map(), peaks: [] };

/** Replays a history through rules on virtual time: the real decision, guards, ladders and ledger over a simulated pool. */
export async function runReplay({
  rules,
  history,
  pools,
  assumptions,
  seed,
  onProgress,
}: ReplayOptions): Promise<ReplayResult> {
  const [first, last] = [history.deliveries[0], history.deliveries.at(-1)];
  if (!first || !last) return NOTHING;
  const startMs = first.atMs;
  const tries = new Map<string, number>();
  const rehearsal: Rehearsal = createRehearsal({
    // No person reads the snapshots of a replay.
    rules: { ...rules, waits: { ...rules.waits, snapshotEveryMs: LONG_AGO_MS } },
    pools,
    startMs,
    seed,
    idleSweepEveryMs: HOUR_MS,
    remembersReadings: true,
    forgets: ({ pk }) => pk.startsWith('mentioned#') || pk.startsWith('deliveries#'),
    beforeCall: (call, world) => assumeCourse(call, world, assumptions, tries, rehearsal),
  });
  const sources = new Map<string, string>();
  const over = followRepairs(rehearsal, sources);
  if (assumptions.approvesAfterMs !== undefined) followPlans(rehearsal, assumptions.approvesAfterMs);
  fireSchedules(rehearsal, replayableSchedules(rules, pools).replayed, startMs, last.atMs);
  const ignored = new Map<string, number>();
  const lookup = nodeFinder(rehearsal);

  let done = 0;
  for (const delivery of history.deliveries) {
    await rehearsal.scheduler.runUntil(delivery.atMs);
    await deliver(delivery);
    done += 1;
    onProgress?.(done / history.deliveries.length);
  }
  for (let hour = 0; hour < REST_HOURS && (hour === 0 || !rehearsal.isAtRest()); hour += 1)
    await rehearsal.scheduler.runUntil(rehearsal.scheduler.now() + HOUR_MS);

  const refusals = new Map(remediationsIn(rehearsal.table).map(({ id, refusedBy = [] }) => [id, refusedBy]));
  const shown = await shownRemediations(rehearsal.table);
  return {
    remediations: shown.map((one) => ({ ...one, refusedBy: refusals.get(one.id) ?? [] })),
    calls: rehearsal.api.calls,
    ignored,
    peaks: peaksOf(rehearsal.world()),
  };

  async function deliver({ source, sender, alerts, atMs }: HistoricDelivery): Promise<void> {
    const sent = alerts.filter((alert) => !(alert.status === 'firing' && over.has(episodeOf(alert))));
    for (const alert of sent) {
      sources.set(episodeOf(alert), source);
      showFault(alert, atMs);
    }
    if (sent.length === 0) return;
    const ended = rehearsal.deliver({
      source,
      ...(sender !== undefined && { sender }),
      bytes: 0,
      truncated: 0,
      unreadable: [],
      alerts: sent,
    });
    void ended.then(({ kind, ...more }) => {
      if (kind !== 'returned' || !('value' in more)) return undefined;
      for (const { why } of more.value.ignored)
        if (!isAboutEnd(why)) ignored.set(why, (ignored.get(why) ?? 0) + 1);
      return undefined;
    });
  }

  /** The node of an alert as the assumptions have it: from its beginning to its end. */
  function showFault(alert: ReceivedAlert, atMs: number): void {
    const node = lookup(alert);
    if (!node || node.phase === 'Creating' || node.phase === 'Checking' || node.phase === 'Deleting') return;
    const isBeginning = atMs - Date.parse(alert.startsAt) < HOUR_MS;
    if (alert.status === 'resolved' && node.phase === 'Abnormal')
      Object.assign(node, { phase: 'Available', driverPhase: 'Running' });
    else if (alert.status === 'firing' && isBeginning && assumptions.phase === 'Abnormal')
      Object.assign(node, { phase: 'Abnormal' });
    else return startWork(alert, node, atMs);
    rehearsal.api.changed();
    startWork(alert, node, atMs);
  }

  function startWork(alert: ReceivedAlert, node: Node, atMs: number): void {
    const key = `workload/${episodeOf(alert)}`;
    if (alert.status !== 'firing' || tries.has(key) || !rehearsal.chance.happens(assumptions.workloads, key))
      return;
    tries.set(key, 1);
    node.workload = `job-of-${node.name}`;
    rehearsal.api.changed();
    rehearsal.scheduler.at(atMs + assumptions.workloadLastsMs, () => {
      node.workload = undefined;
      rehearsal.api.changed();
    });
  }
}

/** Whether a reason is about the end of an alert: most ends lead to nothing, as they should. */
function isAboutEnd(why: string): boolean {
  return /^it is resolved|^its sender has lost sight/.test(why);
}

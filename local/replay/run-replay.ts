import { type Action, actions, traitsOf } from '#lib/actions/traits';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { approve } from '#lib/console/approval';
import { HttpProblem } from '#lib/handler/problem';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import type { Rules } from '#lib/rules/rules';
import type { Call } from '#local/rehearsal/api';
import { remediationOf, remediationsIn, shownRemediations } from '#local/rehearsal/ledger';
import type { StartingPool } from '#local/rehearsal/pools';
import { createRehearsal, type Rehearsal } from '#local/rehearsal/rehearsal';
import { findRoute } from '#local/simulator/routes/route-table';
import type { Node } from '#local/simulator/world/node';
import type { World } from '#local/simulator/world/world';
import type { Assumptions } from './assumptions.ts';
import type { HistoricDelivery, History } from './history.ts';

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

/** Nodes that calls had out of service at the same time. */
export type Peak = { pool: string; nodes: number; atMs: number };

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
const MINUTE_MS = 60_000;
/** After the last alert, work may wait for as long. */
const REST_HOURS = 26;
const LONG_AGO_MS = 1e13;
/** Actions that may end the fault of a node. */
const REPAIRS: readonly string[] = ['reset-nodes', 'migrate-nodes', 'accept-event'];

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
  if (!first || !last) return { remediations: [], calls: [], ignored: new Map(), peaks: [] };
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
    beforeCall: (call, world) => assume(call, world, assumptions, tries, rehearsal),
  });
  const sources = new Map<string, string>();
  const over = followRepairs(rehearsal, sources);
  if (assumptions.approvesAfterMs !== undefined) followPlans(rehearsal, assumptions.approvesAfterMs);
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

function episodeOf({ fingerprint, startsAt }: Pick<ReceivedAlert, 'fingerprint' | 'startsAt'>): string {
  return `${fingerprint} ${startsAt}`;
}

const actionsByEndpoint = new Map<string, Action>(
  actions.flatMap((action) => {
    const { method, path } = traitsOf(action).endpoint;
    const route = findRoute(method, path.replaceAll(/\{(\w+)\}/g, 'some-$1'));
    return route ? [[route.route.endpoint, action] as const] : [];
  }),
);

/** The action of a call. */
export function actionOf({ endpoint }: Pick<Call, 'endpoint'>): Action | undefined {
  return actionsByEndpoint.get(endpoint);
}

/** Decides the course of a call before it is made. The draw is that of the node and its number of tries, so other rules have the same luck. */
function assume(
  call: Call,
  world: World,
  assumptions: Assumptions,
  tries: Map<string, number>,
  { chance }: Rehearsal,
): void {
  const action = actionOf(call);
  if (action === undefined) return;
  const { takesMs, helps, fails } = assumptions.actions[action];
  // A fault of a call that the API refused must not hit a later one.
  world.faults.clear();
  world.settings.jobDurationSeconds = Math.max(takesMs / 1000, 1);
  const pool = world.pools.get(call.pool ?? '');
  for (const name of call.nodes) {
    const node = pool?.nodes.get(name);
    if (!node) continue;
    const key = `${action}/${name}`;
    const count = (tries.get(key) ?? 0) + 1;
    tries.set(key, count);
    node.staysBroken = !chance.happens(helps, `${key}/${count}/helps`);
    if (!REPAIRS.includes(action) || !chance.happens(fails, `${key}/${count}/fails`)) continue;
    world.faults.add({
      kind: 'failed-job',
      match: { node: name },
      count: 1,
      probability: 1,
      afterNodes: 0,
      message: 'the job failed, as the replay assumes',
    });
  }
}

/** The episodes that a repair has ended. A minute after the success, the alert resolves. */
function followRepairs(rehearsal: Rehearsal, sources: ReadonlyMap<string, string>): ReadonlySet<string> {
  const over = new Set<string>();
  const { table, scheduler } = rehearsal;
  table.onWrite(({ document, atMs }) => {
    if (document['state'] !== 'succeeded' || !document.pk.startsWith('remediation#') || document.sk !== '-')
      return;
    scheduler.at(atMs, () => {
      const found = remediationOf(document);
      if (!found || !REPAIRS.includes(found.action)) return;
      for (const { fingerprint, startsAt } of found.alerts) {
        const key = episodeOf({ fingerprint, startsAt });
        const source = sources.get(key) ?? 'alertmanager';
        if (over.has(key)) continue;
        over.add(key);
        const endsMs = atMs + MINUTE_MS;
        const labels: Record<string, string> = {};
        const alert: ReceivedAlert = {
          source,
          status: 'resolved',
          fingerprint,
          startsAt,
          endsAt: new Date(endsMs).toISOString(),
          labels,
          annotations: {},
        };
        scheduler.at(
          endsMs,
          () => void rehearsal.deliver({ source, bytes: 0, truncated: 0, unreadable: [], alerts: [alert] }),
        );
      }
    });
  });
  return over;
}

/** Approves each plan after a while. */
function followPlans({ table, scheduler, invoke }: Rehearsal, afterMs: number): void {
  table.onWrite(({ document, atMs }) => {
    if (document['state'] !== 'awaiting-approval' || document.sk !== '-') return;
    scheduler.at(atMs + afterMs, () => {
      const found = remediationOf(table.get(document.pk));
      if (found?.phase !== 'planned') return;
      const {
        id,
        plan: { hash },
      } = found;
      void invoke('console', MINUTE_MS, async (services) => {
        try {
          await approve(id, { hash, by: 'the replay' }, services);
        } catch (error) {
          if (!(error instanceof HttpProblem)) throw error;
        }
      });
    });
  });
}

/** Finds the node that an alert names, in any of its labels. */
function nodeFinder(rehearsal: Rehearsal): (alert: ReceivedAlert) => Node | undefined {
  const nodes = new Map<string, Node>();
  for (const pool of rehearsal.world().pools.values())
    for (const node of pool.nodes.values()) {
      nodes.set(node.name, node);
      nodes.set(node.privateIp, node);
    }
  const known = new Map<string, Node | undefined>();
  return ({ fingerprint, labels }) => {
    if (!known.has(fingerprint)) {
      const values = Object.values(labels).map((value) => value.replace(/:\d{1,5}$/, ''));
      known.set(
        fingerprint,
        values.map((value) => nodes.get(value)).find((node) => node !== undefined),
      );
    }
    return known.get(fingerprint);
  };
}

/** The most nodes at work in jobs at the same time, by pool. */
function peaksOf({ jobs, pools, clock }: World): Peak[] {
  const changes = jobs.flatMap(({ poolId, works, endedAtMs }) =>
    works.flatMap(({ startedAtMs, endedAtMs: nodeEndedMs = endedAtMs ?? Number.POSITIVE_INFINITY }) =>
      startedAtMs === undefined
        ? []
        : [
            { poolId, atMs: startedAtMs, by: 1 },
            { poolId, atMs: nodeEndedMs, by: -1 },
          ],
    ),
  );
  return [...pools.values()].map(({ id, displayName }) => {
    const own = changes.filter(({ poolId }) => poolId === id).sort((a, b) => a.atMs - b.atMs || a.by - b.by);
    const peak: Peak = { pool: displayName, nodes: 0, atMs: clock.realMs() };
    let now = 0;
    for (const { atMs, by } of own) {
      now += by;
      if (now > peak.nodes) Object.assign(peak, { nodes: now, atMs });
    }
    return peak;
  });
}

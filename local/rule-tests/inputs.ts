import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import type { Delivery, ReceivedAlert } from '#lib/alerts/sources/source';
import { approve, reject } from '#lib/console/approval';
import { HttpProblem } from '#lib/handler/problem';
import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import type { Rules } from '#lib/rules/rules';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import { fireSchedules } from '#local/rehearsal/fire-schedules';
import { remediationsIn } from '#local/rehearsal/ledger';
import type { Rehearsal } from '#local/rehearsal/rehearsal';
import type { RuleTest } from './test-file.ts';

type TestAlert = RuleTest['alerts'][number];

const MINUTE_MS = 60_000;
/** As in the stack: tag policies and planned maintenance. */
const CLOCK_MS = 15 * MINUTE_MS;
const FUNCTION_TIMEOUT_MS = 60_000;

/** Plans everything that happens in a test, from its start to its last expectation. */
export function planInputs(
  test: RuleTest,
  rules: Rules,
  rehearsal: Rehearsal,
  startMs: number,
  endMs: number,
): void {
  const { scheduler, api, deployment } = rehearsal;
  const at = (offsetMs: number, run: () => void) => scheduler.at(startMs + offsetMs, run);

  planAlerts(test.alerts, rehearsal, startMs, endMs);
  for (const { at: offsetMs, node, ...change } of test.changes)
    at(offsetMs, () => changeNode(rehearsal, node, change));
  for (const { at: offsetMs, fault } of test.faults)
    at(offsetMs, () => {
      rehearsal.world().faults.add(fault);
      api.changed();
    });
  for (const { at: offsetMs, command } of test.commands)
    at(offsetMs, () =>
      deployment.queues.get(command.action)?.put({ body: JSON.stringify(command) }, 'the test'),
    );
  for (const decision of test.decisions) at(decision.at, () => void decide(decision, rehearsal));
  planClockwork(test.run, rules, rehearsal, startMs, endMs);
}

/** Alerts of one source that are due at the same moment come as one delivery. */
function planAlerts(
  alerts: readonly TestAlert[],
  rehearsal: Rehearsal,
  startMs: number,
  endMs: number,
): void {
  const { scheduler } = rehearsal;
  const over = new Set<string>();
  const due = new Map<string, ReceivedAlert[]>();

  function send(atMs: number, alert: ReceivedAlert): void {
    const key = `${atMs} ${alert.source}`;
    const waiting = due.get(key);
    if (waiting) {
      waiting.push(alert);
      return;
    }
    due.set(key, [alert]);
    scheduler.at(atMs, () => {
      const sent = (due.get(key) ?? []).filter(
        ({ status, fingerprint, startsAt }) =>
          status === 'resolved' || !over.has(`${fingerprint} ${startsAt}`),
      );
      if (sent.length > 0) void rehearsal.deliver(deliveryOf(alert.source, sent));
    });
  }

  for (const written of alerts) {
    const firesMs = startMs + written.fires;
    const alert = receivedAlert(written, firesMs);
    const resolvesMs = typeof written.resolves === 'number' ? startMs + written.resolves : endMs + 1;
    for (let atMs = firesMs; atMs < resolvesMs && atMs <= endMs; atMs += written.repeats) send(atMs, alert);
    if (resolvesMs <= endMs) send(resolvesMs, resolved(alert, resolvesMs));
    if (written.resolves === 'repaired')
      whenRepaired(alert, rehearsal, (atMs) => {
        over.add(`${alert.fingerprint} ${alert.startsAt}`);
        send(atMs, resolved(alert, atMs));
      });
  }
}

/** Calls back once, a minute after a remediation of the alert has succeeded. */
function whenRepaired(
  { fingerprint }: ReceivedAlert,
  { table, scheduler }: Rehearsal,
  resolve: (atMs: number) => void,
): void {
  let isOver = false;
  table.onWrite(({ document, atMs }) => {
    if (isOver || document['state'] !== 'succeeded' || !document.pk.startsWith('remediation#')) return;
    if (!JSON.stringify(document['value']).includes(JSON.stringify(fingerprint))) return;
    isOver = true;
    // In the next moment, because a write is no time to plan one.
    scheduler.at(atMs, () => resolve(atMs + MINUTE_MS));
  });
}

function receivedAlert(written: TestAlert, firesMs: number): ReceivedAlert {
  const { source, labels, annotations, severity = labels['severity'], event, state, fingerprint } = written;
  return {
    source,
    status: 'firing',
    fingerprint: fingerprint ?? fingerprintOf(labels),
    startsAt: new Date(firesMs).toISOString(),
    labels,
    annotations,
    ...(severity !== undefined && { severity }),
    ...(event !== undefined && { event }),
    ...(state !== undefined && { state }),
  };
}

function resolved(alert: ReceivedAlert, atMs: number): ReceivedAlert {
  return { ...alert, status: 'resolved', endsAt: new Date(atMs).toISOString() };
}

function deliveryOf(source: string, alerts: ReceivedAlert[]): Delivery {
  return {
    source,
    sender: 'test',
    bytes: JSON.stringify(alerts).length,
    truncated: 0,
    unreadable: [],
    alerts,
  };
}

function changeNode(
  rehearsal: Rehearsal,
  name: string,
  change: Omit<RuleTest['changes'][number], 'at' | 'node'>,
): void {
  const { workload, driver, redundant, ...fields } = change;
  for (const { nodes } of rehearsal.world().pools.values()) {
    const node = nodes.get(name);
    if (!node) continue;
    Object.assign(node, fields);
    if (driver !== undefined) node.driverPhase = driver;
    else if (fields.phase !== undefined)
      node.driverPhase = fields.phase === 'Abnormal' ? 'Abnormal' : 'Running';
    if (redundant !== undefined) node.haRedundant = redundant;
    if (workload !== undefined) node.workload = workload ?? undefined;
  }
  rehearsal.api.changed();
}

async function decide(
  { decide: what, node, action, by }: RuleTest['decisions'][number],
  { table, invoke }: Rehearsal,
): Promise<void> {
  const waiting = remediationsIn(table).filter(
    (one) =>
      one.phase === 'planned' &&
      (action === undefined || one.action === action) &&
      (node === undefined ||
        one.nodes?.includes(node) === true ||
        one.node === node ||
        Object.hasOwn(one.outcomes, node)),
  );
  for (const { id, plan } of waiting) {
    if (!plan) continue;
    await invoke('console', FUNCTION_TIMEOUT_MS, async (services) => {
      const decision = { hash: plan.hash, by };
      try {
        await (what === 'approve' ? approve(id, decision, services) : reject(id, decision, services));
      } catch (error) {
        // A refusal is the answer to the person. The expectations show its outcome.
        if (!(error instanceof HttpProblem)) throw error;
      }
    });
  }
}

function planClockwork(
  parts: RuleTest['run'],
  rules: Rules,
  rehearsal: Rehearsal,
  startMs: number,
  endMs: number,
): void {
  const { scheduler, invoke } = rehearsal;
  const time = () => ({ time: new Date(scheduler.now()).toISOString() });
  if (parts.includes('schedules')) fireSchedules(rehearsal, rules.schedules, startMs, endMs);
  for (let atMs = startMs; atMs <= endMs; atMs += CLOCK_MS) {
    if (parts.includes('tag-policies'))
      scheduler.at(
        atMs,
        () =>
          void invoke('enforce-tag-policy', FUNCTION_TIMEOUT_MS, async (services, invocation) => {
            const { 'update-nodes': commands } = services.commands;
            if (commands) await enforceAll(time(), { ...services, commands }, invocation);
          }),
      );
    if (parts.includes('scheduled-events'))
      scheduler.at(
        atMs,
        () =>
          void invoke('receive-scheduled-events', FUNCTION_TIMEOUT_MS, (services, invocation) =>
            readScheduledEvents(time(), services, invocation),
          ),
      );
  }
}

import { decide, type Finding } from '#lib/alerts/decide';
import { groupByRemediation } from '#lib/alerts/group';
import type { Delivery, ReceivedAlert } from '#lib/alerts/sources/source';
import { batchesOf } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { rememberingStore } from '#lib/ledger/store';
import { counted } from '#lib/metrics/embedded';
import { AlertsReceived } from '#lib/metrics/table';
import { undoResolved } from '#lib/remediation/escalation/on-resolved';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RemediationServices } from '#lib/remediation/record/services';
import { findRule } from '#lib/rules/match';
import type { Rules } from '#lib/rules/rules';
import { createIntake, type Receipt } from './intake.ts';
import { createJournal } from './journal.ts';
import { type KnownAlerts, readKnownAlerts } from './known-alerts.ts';
import { CHUNK, RESERVED_MS } from './limits.ts';
import { openChunk } from './open-chunk.ts';
import { type Missed, withinReach } from './reach.ts';
import { firstAlertsOfFault, oldestFirst } from './speakers.ts';
import { takeResolved } from './take-resolved.ts';
import { triesOf } from './tries.ts';
import { warnOfIgnored, warnOfTruncated } from './warnings.ts';

export type { Receipt };
export type ReceiveServices = Pick<RemediationServices, 'store' | 'rules' | 'clock' | 'commands' | 'notices'>;

/**
 * Takes a delivery in: makes a decision for each alert, stores it, puts the commands on their queues, and writes the outcomes into the
 * journal. Stored commands are sent at once, so several invocations can share a delivery that is too much for one. Poolkeeper does
 * nothing twice for it.
 *
 * Resolved alerts are stored as evidence, and start the steps of their rule under `onResolved`.
 *
 * @throws HttpProblem 503 with the number of stored alerts if it is not all of them: the sender must send the same again.
 */
export async function receive(
  delivery: Delivery,
  given: ReceiveServices,
  invocation: Invocation,
): Promise<Receipt> {
  const services = { ...given, store: rememberingStore(given.store) };
  const { store, rules, clock } = services;
  const { log } = invocation;
  const { source, sender, receiver, truncated, bytes, unreadable } = delivery;
  const { alerts, beyond } = withinReach(delivery, rules);
  const head = {
    id: store.newId(),
    at: new Date(invocation.beganAtMs).toISOString(),
    source,
    bytes,
    ...(sender !== undefined && { sender }),
    ...(receiver !== undefined && { receiver }),
    ...(truncated > 0 && { truncated }),
  };
  const journal = createJournal(store, head, log);
  const resolved = alerts.filter(({ status }) => status === 'resolved');
  const decided = decideEach(
    alerts.filter(({ status }) => status === 'firing'),
    rules,
  );
  const { findings } = decided;
  const missed = [...decided.missed, ...beyond];
  const now = clock.now();
  const received = alerts.length + beyond.length + unreadable.length;
  if (received > 0) log.info('alerts received', counted(AlertsReceived, received, { source }, now));
  warnOfTruncated(delivery, log, now);
  const ofRules = missed.filter(({ rule }) => rule !== undefined);
  warnOfIgnored(
    [
      ...unreadable,
      ...ofRules.map(({ alert, ...more }) => ({ alert: alert.sentAs ?? alert.fingerprint, ...more })),
    ],
    source,
    log,
    now,
  );

  const intake = createIntake(delivery, rules, journal);
  const tries = await triesOf(delivery, store, invocation);
  try {
    const { known: before, ended } = await takeResolved(resolved, services, invocation);
    await reportUnreadable(before.unreadable, services, log);
    for (const { alert, why, rule } of missed) intake.ignore(alert, why, rule && { rule: rule.name });

    // After the resolutions, because they also decide which episode an alert belongs to.
    const groups = groupByRemediation(findings).map(oldestFirst);
    const known = await readKnownAlerts(
      store,
      groups.flatMap(firstAlertsOfFault).map(({ alert }) => alert),
    );
    await reportUnreadable(known.unreadable, services, log);
    const isTime = () => clock.now() < invocation.deadlineMs - RESERVED_MS;
    for (const chunk of batchesOf(newFirst(groups, known), CHUNK)) {
      await intake.note();
      const outcomes = await openChunk(chunk, known, { isTime, ...tries }, services, invocation);
      for (const outcome of outcomes) intake.take(outcome);
    }
    // Only now, because an alert that fires in the same delivery speaks against it.
    const steps = await undoResolved(ended, isTime, services, invocation);
    for (const alert of resolved) {
      const own = steps.filter(({ reason }) => reason?.['event'] === alert.fingerprint);
      if (own.length > 0) intake.undo(alert, own);
      else intake.ignore(alert, whyKept(alert));
    }
  } catch (error) {
    intake.fail(error);
  }
  try {
    const receipt = await intake.end();
    await tries.end();
    return receipt;
  } catch (error) {
    await tries.goOn();
    throw error;
  }
}

/** Each firing alert that leads to a command; for each other one the reason, and the rule that matches it, if any. */
function decideEach(
  alerts: readonly ReceivedAlert[],
  rules: Rules,
): { findings: Finding[]; missed: Missed[] } {
  const decided = alerts.map((alert) => ({ alert, ...decide([alert], rules) }));
  return {
    findings: decided.flatMap(({ findings }) => findings),
    missed: decided.flatMap(({ alert, ignored }) =>
      ignored.map(({ why }) => ({ alert, why, rule: findRule(rules, alert) })),
    ),
  };
}

function whyKept({ lost }: ReceivedAlert): string {
  return lost === undefined
    ? 'it is resolved: kept as evidence'
    : `its sender has lost sight of it (${lost}), which does not mean that the fault is over`;
}

/**
 * Alerts that are not stored yet come first, and then those that were confirmed longest ago, so that each repetition of a delivery gets
 * further.
 */
function newFirst(groups: readonly Finding[][], known: KnownAlerts): Finding[][] {
  const confirmedAtMs = ([first]: readonly Finding[]) => {
    const episodes = (first && known.of(first.alert)?.value?.episodes) ?? [];
    return Math.max(0, ...episodes.map(({ about, seenAtMs }) => (about ? seenAtMs : 0)));
  };
  return groups.toSorted((a, b) => confirmedAtMs(a) - confirmedAtMs(b));
}

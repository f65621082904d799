import type { NewReceipt, Receipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { describeDriver } from '#lib/modelarts/reading/expected-drivers';
import { namedNode } from '#lib/modelarts/reading/named-node';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { type IdentifiedNotice, subject } from '#lib/remediation/record/open';

/** The report to the person who takes over at the end of a ladder: in words, and as a receipt with all known facts. */
export type Handover = { why: string; receipt: NewReceipt };

/** The most alerts that a report lists. */
const MOST_ALERTS = 20;

/**
 * The report at the end of a ladder.
 *
 * @param rungs the remediations of the ladder, in its order. `last`: the last of them.
 * @param shown the state of the node now, or before the call; undefined if it was not read.
 */
export function handoverOf(
  rule: string,
  rungs: readonly Remediation[],
  last: Remediation,
  shown: string | undefined,
): Handover {
  const shows = shown ?? 'the present state of the node was not read';
  const tried = rungs.filter(({ action }) => action !== 'notify');
  const results = tried.map((rung) => `${rung.action} did not help: ${resultOf(rung)}`);
  return {
    why: `${[...results, `the ladder of rule ${rule} is at its end`].join('; ')}. ${capitalised(shows)}`,
    receipt: receiptOf(rule, rungs, last, shows),
  };
}

/** The same for a rung that a guard refused while its alert still fires. */
export function handoverOfStopped(
  rule: string,
  before: readonly Remediation[],
  stopped: Remediation,
  why: string,
): Handover['receipt'] {
  return receiptOf(rule, [...before, { ...stopped, why }], stopped, why);
}

function receiptOf(
  rule: string,
  rungs: readonly Remediation[],
  last: Remediation,
  shows: string,
): Handover['receipt'] {
  const tried = rungs.filter(({ action }) => action !== 'notify');
  return {
    step: 'handover',
    rule,
    pool: last.pool,
    nodes: last.nodes ?? [last.node ?? []].flat(),
    alerts: alertsOf(last.reason?.['source'], last.alerts),
    rungs: rungs.map((rung, index) => ({
      rung: index + 1,
      action: rung.action,
      remediation: rung.id,
      callId: rung.callId,
      jobId: rung.jobId,
      result: rung.action === 'notify' ? 'a notice was sent' : resultOf(rung),
    })),
    shows,
    lookAt: [
      `${subject(last)} in pool ${last.pool}, in the console of ModelArts`,
      ...tried.flatMap(({ jobId }) => (jobId === undefined ? [] : `job ${jobId}`)),
      ...rungs.map(({ id }) => `GET /remediations/${id}`),
    ],
  };
}

/** The same for a rule that only sends a notice. */
export function handoverOfAlert(
  rule: string,
  { command, alerts }: { command: IdentifiedNotice; alerts: readonly AlertReference[] },
): Handover {
  const { pool, nodes, id, reason } = command;
  const [alert] = alerts;
  return {
    why: `rule ${rule} has no action for ${nodes.join(', ')}, only a notice: alert ${alert?.fingerprint} has fired since ${alert?.startsAt}`,
    receipt: {
      step: 'handover',
      rule,
      pool,
      nodes,
      alerts: alertsOf(reason?.source, alerts),
      rungs: [{ rung: 1, action: 'notify', remediation: id, result: 'a notice was sent' }],
      lookAt: [`${nodes.join(', ')} in pool ${pool}, in the console of ModelArts`, `GET /remediations/${id}`],
    },
  };
}

function alertsOf(source: unknown, alerts: readonly AlertReference[]) {
  return alerts.slice(0, MOST_ALERTS).map((alert) => ({ source, ...alert }));
}

/** The result of a rung that did not help. */
export function resultOf({ outcomes, why = 'it failed' }: Pick<Remediation, 'outcomes' | 'why'>): string {
  return Object.values(outcomes).find(({ state }) => state === 'failed')?.why ?? why;
}

/** The state of a node in a reading, in words; undefined if the node was not read. */
export function describeNode(
  nodes: readonly PoolNode[] | undefined,
  remediation: Remediation,
): string | undefined {
  const { node: about } = remediation;
  // An action on a node pool is verified by the node pool, so the nodes may not have been read.
  if (!nodes || (about !== undefined && nodes.length === 0)) return undefined;
  const target = about ?? Object.keys(remediation.outcomes)[0] ?? '';
  const { node } = namedNode(nodes, target);
  if (!node) return 'the pool does not show the node now';
  return `the node is ${node.phase || 'in no phase'} now${describeDriver(node)}`;
}

/** The state of the node right before the last call, from the receipt of its guard. */
export function shownBefore(receipts: readonly Receipt[]): string | undefined {
  const looked = receipts
    .filter((receipt) => receipt.step === 'guard')
    .findLast(({ guard, allowed }) => guard === 'node-phase' && allowed);
  return looked && `at the last check, at ${looked.at}, ${looked.why}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

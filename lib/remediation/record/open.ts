import type { Command } from '#events/command';
import { contentId } from '#lib/hash';
import type { RemediationChange } from '#lib/ledger/change-remediation';
import { MAX_ALERTS } from '#lib/ledger/limits';
import type { Phase } from '#lib/ledger/phase';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { inPhase, type Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { enterNode, nodesIn } from './enter-nodes.ts';
import { type OutboxServices, updateWithOutbox } from './outbox.ts';

/** A command whose id is known and whose pool is the pool's id. */
export type IdentifiedCommand = Command & { id: string };

/** A `notify` rung, which only sends a notice. The ledger has it as it has commands, but it goes on no command queue. */
export type IdentifiedNotice = Pick<Command, 'pool' | 'mode' | 'reason' | 'evidenceAt' | 'options'> & {
  id: string;
  action: 'notify';
  nodes: string[];
  parameters: { severity?: string; note?: string };
};

/** The phases in which a remediation may be opened. */
export const beginnings = [
  'undecided',
  'observed',
  'skipped',
  'escalated',
  'needs-human',
  'succeeded',
] as const satisfies readonly Phase[];

export type Opening = {
  command: IdentifiedCommand | IdentifiedNotice;
  alerts: readonly AlertReference[];
  /** Its place in the ladder of its rule. */
  ladder?: { root: string; rung: number };
  /** Present for a step of `onResolved`. */
  resolution?: Remediation['resolution'];
  /** The person who ordered it. */
  askedBy?: string | undefined;
  /** The schedule that it comes from. */
  scheduledBy?: string;
  receipts: readonly NewReceipt[];
  /** The state in which it begins, if no function decides about it. */
  begin?: Pick<Remediation, 'why' | 'escalatedTo' | 'judged'> & { phase: (typeof beginnings)[number] };
  /** Why it is skipped from the beginning: it is recorded, and never goes on a queue. */
  skipped?: string;
};

/**
 * Puts a command's remediation into the ledger, or finds the one that is there, because an id always stands for the same command.
 * It also enters the remediation in the history of each of its nodes. Safe to repeat.
 *
 * @returns the remediation in the ledger, and whether it is of the same command.
 */
export async function openRemediation(
  services: OutboxServices,
  opening: Opening,
  now: number,
): Promise<{ remediation: Remediation; same: boolean }> {
  const opened = await createRemediation(services, opening, now);
  const { remediation } = opened;
  // Entered again on every delivery until the command is under way, in case a process died between the two writes.
  if (remediation.callId === undefined) {
    await Promise.all(nodesIn(remediation).map((node) => enterNode(services.store, remediation, node)));
  }
  return opened;
}

/**
 * The same without the history of its nodes. A caller that opens many enters them together, by `enterNodes`.
 *
 * @param isNew whether the caller has just read that the ledger does not have it.
 */
export async function createRemediation(
  services: OutboxServices,
  opening: Opening,
  now: number,
  isNew = false,
): Promise<{ remediation: Remediation; same: boolean }> {
  const opened = newRemediation(opening, now);
  const { id, contentHash } = opened.remediation;
  // Mostly it is there already, and a read costs a tenth of a failed write.
  const { value } = await updateWithOutbox(
    services,
    id,
    (current) => (current ? undefined : opened),
    isNew ? { document: undefined } : undefined,
  );
  const remediation = value ?? opened.remediation;
  return { remediation, same: remediation.contentHash === contentHash };
}

/** The remediation of a command that no process has taken up yet. `now`: epoch milliseconds. Pure. */
export function newRemediation(
  { command, alerts, ladder, resolution, askedBy, scheduledBy, receipts, begin, skipped }: Opening,
  now: number,
): RemediationChange {
  const { id, action, pool, parameters, mode, evidenceAt, reason, options } = command;
  const at = new Date(now).toISOString();
  // An observed command has ended from the beginning. Its function only adds the verdicts of its guards.
  const decided = mode === 'observe' ? 'observed' : 'undecided';
  const { phase, ...begun } = begin ?? { phase: skipped === undefined ? decided : 'skipped' };
  const fields = {
    id,
    ...(skipped !== undefined && { why: skipped }),
    ...begun,
    action,
    pool,
    ...targetOf(command),
    parameters,
    ...(reason?.rule && { rule: reason.rule }),
    mode,
    ...(reason && { reason }),
    ...(evidenceAt && { evidenceAt }),
    ...(options && { options }),
    alerts: newestAlerts(alerts),
    ...(ladder && { ladder }),
    ...(resolution && { resolution }),
    ...(askedBy !== undefined && { askedBy }),
    ...(scheduledBy !== undefined && { scheduledBy }),
    contentHash: contentHashOf(command),
    createdAt: at,
    updatedAt: at,
    stateSince: at,
    outcomes: {},
    receiptChain: { count: 0 },
  };
  return {
    remediation: inPhase(fields, phase),
    receipts: receipts.map((receipt) => ({ at, ...receipt })),
  };
}

function targetOf(command: Opening['command']): Pick<Remediation, 'nodes' | 'nodePool' | 'node'> {
  if ('nodes' in command) return { nodes: command.nodes };
  const { nodePool, node } = command;
  return { ...(nodePool !== undefined && { nodePool }), ...(node !== undefined && { node }) };
}

/** As many alerts as a remediation keeps, the newest. */
export function newestAlerts(alerts: readonly AlertReference[]): AlertReference[] {
  if (alerts.length <= MAX_ALERTS) return [...alerts];
  return alerts.toSorted((a, b) => Date.parse(b.startsAt) - Date.parse(a.startsAt)).slice(0, MAX_ALERTS);
}

/** The hash of a command without its id. */
export function contentHashOf(command: IdentifiedCommand | IdentifiedNotice): string {
  return contentId({ ...command, id: undefined });
}

/**
 * Whether a remediation still waits for its first judgement, or for another one. Until then each process that finds it sends its
 * command again, because a process may have died between the write and the message.
 */
export function isWaiting({ state, callId, judged, judgedAgain, updatedAt }: Remediation): boolean {
  const isNew = callId === undefined && judged === undefined;
  const isAgain = judgedAgain?.at === updatedAt;
  return (isNew || isAgain) && (state === 'submitting' || state === 'observed');
}

/** The command of a remediation, as it is put on its queue. */
export function commandOf(remediation: Remediation): Record<string, unknown> {
  const { id, action, pool, nodes, nodePool, nodePoolFound, node, parameters } = remediation;
  const { evidenceAt, reason, options, mode } = remediation;
  return {
    id,
    action,
    pool,
    ...(nodes && { nodes }),
    // A node pool that was found by a node's labels is searched again.
    ...(nodePool && !nodePoolFound && { nodePool }),
    ...(node && { node }),
    parameters,
    ...(evidenceAt && { evidenceAt }),
    ...(reason && { reason }),
    ...(options && { options }),
    mode,
  };
}

/** A remediation's nodes, or its node pool, as its command names them. */
export function targetsAsNamed({ nodes, nodePool }: Pick<Remediation, 'nodes' | 'nodePool'>): string[] {
  return nodes ?? (nodePool === undefined ? [] : [nodePool]);
}

/** Every target that a remediation may hold: the names in its command, and the nodes of its addresses and its supernode. */
export function everyTarget(
  remediation: Pick<Remediation, 'nodes' | 'nodePool' | 'outcomes' | 'resolved' | 'whole'>,
): string[] {
  const { outcomes, resolved = {}, whole } = remediation;
  const nodes = [...Object.values(resolved).map(({ node }) => node), ...(whole?.nodes ?? [])];
  return [...new Set([...Object.keys(outcomes), ...targetsAsNamed(remediation), ...nodes])];
}

/** The targets of a remediation, in words. */
export function subject({ nodes, nodePool, node }: Pick<Remediation, 'nodes' | 'nodePool' | 'node'>): string {
  if (nodes) return nodes.join(', ');
  return nodePool === undefined ? `the node pool of ${node}` : `node pool ${nodePool}`;
}

import type { RemediationAction } from '#lib/actions/traits';
import type { Finding } from '#lib/alerts/decide';
import { recordFiring } from '#lib/alerts/evidence';
import { targetText } from '#lib/alerts/target';
import { remediationIdOf, toCommand } from '#lib/alerts/to-command';
import type { Queue } from '#lib/aws/queue';
import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { UnreadableDocumentError } from '#lib/ledger/change';
import { type ReadMany, readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { openLadder } from '#lib/remediation/escalation/open-ladder';
import { stillFiring } from '#lib/remediation/escalation/still-firing';
import { sendRungNotice } from '#lib/remediation/messages/rung-notice';
import { enterNodes } from '#lib/remediation/record/enter-nodes';
import { commandOf, isWaiting } from '#lib/remediation/record/open';
import type { KnownAlerts } from './known-alerts.ts';
import { AT_ONCE, CONFIRMED_MS } from './limits.ts';
import type { ReceiveServices } from './receive.ts';
import { type Speaker, speakersOf } from './speakers.ts';

/** The outcome of the alerts of one remediation. `isUnconfirmed`: there was no time to record that they still fire. */
export type Outcome = { group: readonly Finding[] } & (
  | { kind: 'opened'; remediation: Remediation; rungs: readonly Remediation[]; isUnconfirmed?: boolean }
  | { kind: 'ignored'; why: string }
  | { kind: 'failed'; error: unknown }
);

/** `id`: of the remediation. */
type Decided = { group: readonly Finding[]; speakers: [Speaker, ...Speaker[]]; id: string };

/**
 * The time of an invocation. `isTime`: whether there is time to begin more work. `sinceMs`: the beginning of the first try of this
 * delivery, epoch milliseconds; undefined: this is the first.
 */
type Time = { isTime: () => boolean; sinceMs: number | undefined };

/**
 * Opens the remediations of some groups of alerts, and puts their commands on their queues: when this returns, each group is
 * stored and sent, or has failed by itself.
 */
export async function openChunk(
  groups: readonly (readonly Finding[])[],
  known: KnownAlerts,
  time: Time,
  services: ReceiveServices,
  invocation: Invocation,
): Promise<Outcome[]> {
  const { store } = services;
  const { beganAtMs } = invocation;
  const outcomes: Outcome[] = [];
  const decided: Decided[] = [];
  for (const group of groups) {
    const [first, ...others] = await speakersOf(group, known, store, beganAtMs);
    if (first) decided.push({ group, speakers: [first, ...others], id: remediationIdOf([first, ...others]) });
    else outcomes.push({ kind: 'ignored', group, why: 'what the ledger has about it cannot be read' });
  }
  // If no alert has led to anything yet, the write that opens the remediation tells whether the ledger has it.
  const keys = decided
    .filter(({ speakers }) => speakers.some(({ alert }) => alert.ledTo !== undefined))
    .map(({ id }) => remediationKey(id));
  const before = await readMany(store, remediationKind, keys);
  outcomes.push(
    ...(await inTurn(decided, AT_ONCE, async (one): Promise<Outcome> => {
      try {
        return await open(one, before, time, services, invocation);
      } catch (error) {
        return isUnreadable(error, one.id) ? unreadable(one) : { kind: 'failed', group: one.group, error };
      }
    })),
  );
  const rungs = outcomes.flatMap((outcome) => (outcome.kind === 'opened' ? outcome.rungs : []));
  const isKnown = (id: string): boolean => before.values.some((one) => one.id === id);
  await enterNodes(store, rungs, isKnown);
  await send(rungs, services);
  return outcomes;
}

async function open(
  { group, speakers, id }: Decided,
  before: ReadMany<Remediation>,
  { isTime, sinceMs }: Time,
  services: ReceiveServices,
  invocation: Invocation,
): Promise<Outcome> {
  const { store } = services;
  const [{ rule, pool, target }] = speakers;
  if (before.unreadable.some(({ document }) => document.pk === remediationKey(id).pk))
    return unreadable({ group, id });
  const known = before.values.find((one) => one.id === id);
  const own = speakers.filter(({ alert }) => alert.ledTo === id);
  const isStored = known !== undefined && own.length > 0;
  if (known && isConfirmedSince(sinceMs, speakers, id)) return asStored(group, known, false);
  if (!isTime()) {
    if (!isStored) return { kind: 'failed', group, error: new Error('the time of the function was over') };
    // This delivery would only add that the alert still fires.
    const isUnconfirmed = own.every(({ seenAtMs }) => invocation.beganAtMs - seenAtMs > CONFIRMED_MS);
    return asStored(group, known, isUnconfirmed);
  }
  const receivedAt = new Date(invocation.beganAtMs).toISOString();
  const opened = await openLadder(rule, () => toCommand(speakers, receivedAt), services, known);
  const rungs = await stillFiring(opened, speakers, services, invocation);
  const [remediation] = rungs;
  if (!remediation) return { kind: 'ignored', group, why: withoutFunction(rule) };
  const node = targetText(target);
  const about = { remediation: remediation.id, rule: rule.name, pool: pool.id, node };
  // The same report from a moment ago had the same effect.
  const news = speakers.filter(({ alert, isFresh }) => !isFresh || alert.ledTo !== remediation.id);
  await inTurn(news, AT_ONCE / 4, ({ alert, known: doc }) =>
    recordFiring(store, alert, alert.isOver ? undefined : about, invocation.beganAtMs, doc),
  );
  invocation.log.info('alert accepted', {
    correlationId: remediation.id,
    rule: rule.name,
    node,
    state: remediation.state,
  });
  return { kind: 'opened', group, remediation, rungs };
}

function isUnreadable(error: unknown, id: string): boolean {
  return error instanceof UnreadableDocumentError && error.document.pk === remediationKey(id).pk;
}

function unreadable({ group, id }: Pick<Decided, 'group' | 'id'>): Outcome {
  return { kind: 'ignored', group, why: `its remediation ${id} cannot be read` };
}

/** Whether an earlier try of the same delivery has confirmed all that this one says of a remediation. */
function isConfirmedSince(sinceMs: number | undefined, speakers: readonly Speaker[], id: string): boolean {
  return (
    sinceMs !== undefined &&
    speakers.every(({ alert, seenAtMs }) => alert.ledTo === id && !alert.isOver && seenAtMs >= sinceMs)
  );
}

/**
 * The outcome of alerts whose remediation is known. The delivery that stored it may not have sent its command yet, and never will if its
 * process dies: no sender gets an answer before the command is on its queue.
 */
function asStored(group: readonly Finding[], remediation: Remediation, isUnconfirmed: boolean): Outcome {
  return {
    kind: 'opened',
    group,
    remediation,
    rungs: isWaiting(remediation) ? [remediation] : [],
    isUnconfirmed,
  };
}

function withoutFunction({ name, ladder }: Finding['rule']): string {
  const action = ladder[0]?.action ?? 'nothing';
  return `the ladder of rule ${name} begins with ${action}, for which there is no function`;
}

/** Puts commands on their queues, and the notices of `notify` rungs. */
async function send(rungs: readonly Remediation[], services: ReceiveServices): Promise<void> {
  const waiting = Map.groupBy(rungs.filter(isWaiting), ({ action }) => queueOf(action, services.commands));
  for (const [queue, group] of waiting) {
    await queue?.send(group.map((remediation) => ({ body: JSON.stringify(commandOf(remediation)) })));
  }
  const notices = rungs.filter(({ action }) => action === 'notify');
  await inTurn(notices, AT_ONCE, (remediation) => sendRungNotice(remediation, services));
}

function queueOf(action: RemediationAction, commands: ReceiveServices['commands']): Queue | undefined {
  return action === 'notify' ? undefined : commands[action];
}

import type { ActionDefinition, Sent } from '#lib/actions/action';
import { mayBeSentTwice, takesOutOfService } from '#lib/actions/traits';
import { expectIsolation, settleIsolation } from '#lib/capacity/isolation';
import { countFailure } from '#lib/capacity/release';
import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import { counted } from '#lib/metrics/embedded';
import { Calls } from '#lib/metrics/table';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { identityOf } from '#lib/modelarts/reading/node-identity';
import { firstPoll, followMessage, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { timeForCall } from '#lib/remediation/record/call-deadline';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import { assemble } from './assemble.ts';
import { abandonCall, intendCall, prepareCall, recordAnswer, toCallError } from './call.ts';
import { deferOrFail, isForGood, StaleReadingError } from './defer.ts';
import { type Member, splitMembers } from './join.ts';
import { lastCheck } from './last-check.ts';
import { recordAccepted, recordLost } from './record-call.ts';

/** The oldest reading on which a call is made. A write may take thirty seconds, and another call of the batch may follow it. */
const FRESH_MS = 20_000;

/** The request of a call is sent within this time of its intent, or not at all. */
const SEND_WITHIN_MS = 10_000;

/**
 * The result of a request. `accepted`: the API carries it out. `refused`: it may be sent again. `lost`: its effect is unknown.
 * `isCertain`: it certainly had no effect.
 */
type Answer =
  | { state: 'accepted'; sent: Sent }
  | { state: 'refused' | 'lost'; error: unknown; isCertain: boolean };

/** The shared context of the calls of one invocation. `facts`: by remediation id. */
export type CallContext<Body extends Record<string, unknown>> = {
  action: ActionDefinition<Body>;
  pool: PoolRules;
  facts: ReadonlyMap<string, readonly Facts[]>;
  /** When the oldest part of the reading was read, epoch milliseconds. */
  readAtMs: number;
  services: RemediationServices;
  invocation: Invocation;
};

/**
 * Makes one call for several commands: hold, claim, last check, intent, request, record, in this order. If the process dies in
 * between, either the request was certainly not sent, or it is never sent again (docs/design/design.md, "One call, once").
 *
 * After a lasting refusal it splits the call until only the refused commands fail; the others are called without them. A lost
 * answer is left to `poll-jobs`.
 */
export async function makeCall<Body extends Record<string, unknown>>(
  context: CallContext<Body>,
  candidates: readonly Member[],
): Promise<void> {
  const { action, pool, services, invocation } = context;
  const { store, clock, rules, follow } = services;
  const { log } = invocation;
  const id = services.newId();
  const startedAtMs = clock.now();
  const terms = candidates[0]?.terms ?? {};
  const heldUntilMs = startedAtMs + timeForCall(rules, terms, candidates);

  await prepareCall(store, { id, action: action.action, pool: pool.id }, clock.now());
  const members = await assemble(
    candidates,
    { callId: id, pool: pool.id, deadlineMs: heldUntilMs, facts: context.facts, action },
    services,
    invocation,
  );
  const firing = await lastCheck(members, id, context);
  const [first] = firing;
  const isStale = !mayBeSentTwice(action.action) && clock.now() - context.readAtMs > FRESH_MS;
  if (!first || isStale) {
    await abandonCall(store, id);
    if (isStale) await deferOrFail(firing, new StaleReadingError(), services, invocation);
    return;
  }

  const disruptive = takesOutOfService(first.remediation);
  const targets = firing.flatMap((member) => member.targets);
  const identities = identitiesOf(firing, context);
  const body = action.request(targets, first.terms);
  const opening = { id, pool: pool.id, action: action.action, request: body };
  await expectIsolation(store, opening, targets, clock.now());
  const callingAtMs = clock.now();
  const sendBeforeMs = Math.min(callingAtMs + SEND_WITHIN_MS, invocation.deadlineMs);
  const mayBeSent = await intendCall(store, id, {
    request: body,
    members: firing.map((member) => ({ remediation: member.remediation.id, targets: [...member.targets] })),
    callingAt: new Date(callingAtMs).toISOString(),
    sendBefore: new Date(sendBeforeMs).toISOString(),
    deadline: new Date(startedAtMs + timeForCall(rules, body, firing)).toISOString(),
    nextLookAt: new Date(firstPoll(callingAtMs, rules)).toISOString(),
    ...(identities && { identities }),
  });
  if (!mayBeSent) return settleIsolation(store, opening, targets);

  const answer = await sendOnce(context, targets, body, sendBeforeMs);
  const told = { callId: id, pool: pool.name, targets };
  const counting = (as: string) =>
    counted(Calls, 1, { answer: as, action: action.action, pool: pool.name }, clock.now());
  switch (answer.state) {
    case 'accepted': {
      log.info('call accepted', { ...told, ...answer.sent, ...counting('accepted') });
      const call = await recordAnswer(store, id, { state: 'accepted', ...kept(answer.sent) });
      // Another process took this one for dead, and sends the request again.
      if (call.state === 'refused') return;
      await recordAccepted(call, services, invocation);
      return;
    }
    case 'lost': {
      log.warn('the answer of a call was lost; poll-jobs searches for its job', {
        ...told,
        error: answer.error,
        ...counting('lost'),
      });
      const call = await recordAnswer(store, id, { state: 'lost', error: toCallError(answer.error) });
      await recordLost(call, services);
      if (disruptive) await countFailure(pool.id, services);
      await sendFollow(follow, [followMessage(call, 0, firstPoll(callingAtMs, rules))], clock.now());
      return;
    }
    case 'refused': {
      const unsure = !answer.isCertain && ({ unsure: true } as const);
      await recordAnswer(store, id, { state: 'refused', error: toCallError(answer.error), ...unsure });
      if (answer.isCertain) await settleIsolation(store, opening, targets);
      const parts = isForGood(answer.error) ? splitMembers(firing, answer.error.message) : undefined;
      if (disruptive && isFailureOfApi(answer.error)) await countFailure(pool.id, services);
      log.warn('call refused', {
        ...told,
        splitting: parts !== undefined,
        error: answer.error,
        ...counting(answer.isCertain ? 'refused' : 'unsure'),
      });
      if (!parts) await deferOrFail(firing, answer.error, services, invocation);
      for (const part of parts ?? []) await makeCall(context, part);
    }
  }
}

/** Whether an error is a failure of the API, and not of the request. */
function isFailureOfApi(error: unknown): boolean {
  return error instanceof ModelArtsError && (error.outcome === 'unknown' || (error.status ?? 0) >= 500);
}

async function sendOnce<Body extends Record<string, unknown>>(
  { action, pool, services, invocation }: CallContext<Body>,
  targets: readonly string[],
  body: Body,
  sendBeforeMs: number,
): Promise<Answer> {
  if (services.clock.now() > sendBeforeMs) {
    return {
      state: 'refused',
      error: new Error('the intent took too long to be stored, and nothing was sent'),
      isCertain: true,
    };
  }
  const { deadlineMs, signal } = invocation;
  try {
    const [target = ''] = targets;
    const client = services.modelarts(pool);
    const sent = await action.send(client, { pool: pool.id, target }, body, { deadlineMs, signal });
    return { state: 'accepted', sent };
  } catch (error) {
    const certainlyNotDone = error instanceof ModelArtsError && error.outcome !== 'unknown';
    const mayBeSentAgain = mayBeSentTwice(action.action) || certainlyNotDone;
    return { state: mayBeSentAgain ? 'refused' : 'lost', error, isCertain: certainlyNotDone };
  }
}

/** The identities of a call's nodes, if the call may change their names. */
function identitiesOf<Body extends Record<string, unknown>>(
  members: readonly Member[],
  { action: { lookalikes }, facts }: CallContext<Body>,
): Call['identities'] {
  if (!lookalikes) return undefined;
  const entries = members.flatMap(({ remediation, targets }) =>
    (facts.get(remediation.id) ?? []).flatMap((fact) =>
      fact.node && targets.includes(fact.node.name)
        ? [[fact.node.name, identityOf(fact.node, lookalikes(fact))] as const]
        : [],
    ),
  );
  return Object.fromEntries(entries);
}

/** The part of the API's answer that the ledger keeps. */
function kept(sent: Sent): Pick<Call, 'jobId' | 'answer' | 'note'> {
  if (sent.kind === 'job') return { jobId: sent.jobId };
  if (sent.kind === 'watched') return sent.note === undefined ? {} : { note: sent.note };
  const failed = Object.fromEntries(sent.failed.map(({ name, status = 'failed' }) => [name, status]));
  const { later = [] } = sent;
  return {
    answer: { succeeded: [...sent.succeeded], failed, ...(later.length > 0 && { later: [...later] }) },
  };
}

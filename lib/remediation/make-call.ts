import { randomUUID } from 'node:crypto';
import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { ModelArtsError } from '#lib/modelarts/errors';
import type { PoolRules } from '#lib/rules/rules';
import { assemble } from './assemble.ts';
import { abandonCall, intendCall, prepareCall, recordAnswer, toCallError } from './call.ts';
import { type Member, split } from './join.ts';
import { firstLook, followMessage, sendFollow } from './look.ts';
import { failOrPutOff, isForGood } from './put-off.ts';
import { recordAccepted, recordLost } from './record-call.ts';
import type { ActionServices, NodeAction } from './services.ts';

/** The request of a call is sent within this time of its intent, or not at all. */
const SEND_WITHIN_MS = 10_000;

/** What came of a request: a job; a definite no, after which nothing was done; or nobody knows. */
type Answer = { state: 'accepted'; jobId: string } | { state: 'refused' | 'lost'; error: unknown };

/** What every call of one invocation shares. `facts`: by remediation id. */
export type CallContext<Body extends Record<string, unknown>> = {
  action: NodeAction<Body>;
  pool: PoolRules;
  facts: ReadonlyMap<string, readonly Facts[]>;
  services: ActionServices;
  invocation: Invocation;
};

/**
 * Makes one call for several commands: lease, claim, intent, request, record, in this order, so that whatever dies in
 * between is either known not to have been sent or is never sent again (docs/design.md, "One call, once").
 *
 * A refusal for good is narrowed down to those it is meant for; the others are called again without them. An answer that is
 * lost is left to `poll-jobs`.
 */
export async function makeCall<Body extends Record<string, unknown>>(
  context: CallContext<Body>,
  candidates: readonly Member[],
): Promise<void> {
  const { action, pool, services, invocation } = context;
  const { store, clock, rules, follow } = services;
  const { log } = invocation;
  const id = randomUUID();
  const deadlineMs = clock.now() + rules.deadlinesMs[action.action];

  await prepareCall(store, { id, action: action.action, pool: pool.id }, clock.now());
  const members = await assemble(
    candidates,
    { callId: id, deadlineMs, facts: context.facts },
    services,
    invocation,
  );
  const [first] = members;
  if (!first) {
    await abandonCall(store, id);
    return;
  }

  const body = action.request(
    members.flatMap(({ nodes }) => nodes),
    first.remediation.parameters,
  );
  const callingAtMs = clock.now();
  const sendBeforeMs = Math.min(callingAtMs + SEND_WITHIN_MS, invocation.deadlineMs);
  const mayBeSent = await intendCall(store, id, {
    request: body,
    members: members.map(({ remediation, nodes }) => ({ remediation: remediation.id, nodes: [...nodes] })),
    callingAt: new Date(callingAtMs).toISOString(),
    sendBefore: new Date(sendBeforeMs).toISOString(),
    deadline: new Date(deadlineMs).toISOString(),
  });
  if (!mayBeSent) return;

  const answer = await sendOnce(context, body, sendBeforeMs);
  const told = { callId: id, pool: pool.name, nodes: members.flatMap(({ nodes }) => nodes) };
  switch (answer.state) {
    case 'accepted': {
      log.info('call accepted', { ...told, jobId: answer.jobId });
      await recordAccepted(await recordAnswer(store, id, answer), services);
      return;
    }
    case 'lost': {
      log.warn('the answer of a call was lost; its job is looked for', { ...told, error: answer.error });
      const call = await recordAnswer(store, id, { state: 'lost', error: toCallError(answer.error) });
      await recordLost(call, services);
      await sendFollow(follow, [followMessage(call, 0, firstLook(callingAtMs, rules))], clock.now());
      return;
    }
    case 'refused': {
      await recordAnswer(store, id, { state: 'refused', error: toCallError(answer.error) });
      const parts = isForGood(answer.error) ? split(members, answer.error.message) : undefined;
      log.warn('call refused', { ...told, splitting: parts !== undefined, error: answer.error });
      if (!parts) await failOrPutOff(members, answer.error, services, invocation);
      for (const part of parts ?? []) await makeCall(context, part);
    }
  }
}

async function sendOnce<Body extends Record<string, unknown>>(
  { action, pool, services, invocation }: CallContext<Body>,
  body: Body,
  sendBeforeMs: number,
): Promise<Answer> {
  if (services.clock.now() > sendBeforeMs) {
    return {
      state: 'refused',
      error: new Error('the intent took too long to be stored, and nothing was sent'),
    };
  }
  const { deadlineMs, signal } = invocation;
  try {
    const { jobId } = await action.send(services.modelarts(pool), pool.id, body, { deadlineMs, signal });
    return { state: 'accepted', jobId };
  } catch (error) {
    const didNothing = error instanceof ModelArtsError && error.outcome !== 'unknown';
    return { state: didNothing ? 'refused' : 'lost', error };
  }
}

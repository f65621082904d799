import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { release } from '#lib/capacity/release';
import { evidenceEndsMs, patienceMs } from '#lib/guards/evidence';
import type { Invocation } from '#lib/handler/invocation';
import type { CallError } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { escalate } from '#lib/remediation/escalation/escalate';
import { fail } from '#lib/remediation/lifecycle/call';
import { defer, giveUp } from '#lib/remediation/lifecycle/defer';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteUnexplained } from '#lib/remediation/lifecycle/note';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { backoffMs } from '#lib/remediation/record/backoff';
import { limitsOf } from '#lib/remediation/record/limits';
import { formatError, isOpen, isRungFailed, isUnchanged, isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import type { Waits } from '#lib/rules/waits';
import { toCallError } from './call.ts';
import type { Member } from './join.ts';

/** Another remediation works on the target: the command waits for it. */
export class TargetBusyError extends Error {
  override name = 'TargetBusyError';
}

/** What was read is too old by now to act on. */
export class StaleReadingError extends Error {
  override name = 'StaleReadingError';
  constructor() {
    super('too much time has passed since the pool was read');
  }
}

/** How soon a command is judged anew on a fresh reading. */
const STALE_PAUSE_MS = 1_000;

/** How long a command waits at most until it looks again whether its target is free, the first times. */
const MAX_BUSY_PAUSE_MS = 60_000;

/** Who works on it for longer than so many looks may do so for a day: from then on the looks become fewer. */
const OFTEN_BUSY = 20;

/** After a refused key everyone keeps off for as long as Huawei would lock it (docs/modelarts-api.md, 5.2). */
const REFUSED_KEY_PAUSE_MS = 5 * 60_000 + 10_000;

/**
 * Ends commands whose call certainly did nothing: for good, when a later try cannot succeed, otherwise by putting them off.
 * Their nodes are given back.
 */
export async function deferOrFail(
  members: readonly Pick<Member, 'remediation' | 'targets' | 'records'>[],
  error: unknown,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  for (const member of members) {
    if (member.remediation.state === 'observed') await leaveUnexplained(member, toCallError(error), services);
    else if (isForGood(error)) await failMember(member, toCallError(error), services, invocation);
    else await deferMember(member, error, services, invocation);
  }
}

/** A command that is only observed ends here: what its guards would have said cannot be known. */
async function leaveUnexplained(
  { remediation: { id } }: Pick<Member, 'remediation'>,
  error: CallError,
  services: RemediationServices,
): Promise<void> {
  await recordRemediation(services, id, services.clock.now(), (current) =>
    isOpen(current) ? noteUnexplained(current, 'pool-readable', formatError(error)) : undefined,
  );
}

/**
 * Whether the API said no to a call, and would say it again. A refused key is not the command's fault, and a read that was refused
 * is only a read that failed.
 */
export function isForGood(error: unknown): error is ModelArtsError {
  return (
    error instanceof ModelArtsError &&
    error.outcome === 'refused' &&
    !error.isRead &&
    !error.transient &&
    error.status !== 401
  );
}

/**
 * The API's definite and lasting no: to the dead-letter queue and into the ledger, with the vendor's own words. In this
 * order: a process that dies in between leaves two dead letters rather than none.
 */
async function failMember(
  { remediation: { id, callId }, targets, records }: Pick<Member, 'remediation' | 'targets' | 'records'>,
  error: CallError,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { clock, rules } = services;
  const now = clock.now();
  const why = formatError(error);
  const [message] = records;
  if (message) {
    await deadLetter(services, message, why, {
      remediation: id,
      status: String(error.status ?? ''),
      code: error.code ?? '',
      vendorMessage: error.vendorMessage ?? '',
      requestId: error.requestId ?? '',
    });
  }
  const { stored, written } = await recordRemediation(services, id, now, (current) =>
    isUndecided(current) && current.callId === callId ? fail(rules, current, targets, error, now) : undefined,
  );
  if (!stored || !written) return;
  invocation.log.warn('failed', { correlationId: id, why });
  if (isRungFailed(stored)) await escalate(stored, services, invocation);
  else await release(stored, 'refused', services);
}

/** Back to the queue for a while; once the evidence would be too old at the next try, to a person. */
async function deferMember(
  { remediation }: Pick<Member, 'remediation'>,
  error: unknown,
  services: RemediationServices,
  { log }: Invocation,
): Promise<void> {
  const { store, clock, rules } = services;
  const now = clock.now();
  const { id, createdAt } = remediation;
  const failure = toCallError(error);
  const again = reasonToWaitLonger(error);
  const before = remediation.putOff?.reason === again ? (remediation.putOff?.times ?? 0) : 0;
  const times = again === undefined ? 1 : before + 1;
  const lookAt = new Date(now + pauseMs(error, times, rules.waits)).toISOString();
  const limits = limitsOf(rules, remediation);
  const { values: alerts } = await readableAlertsOf(remediation, store);
  const patientUntilMs =
    Date.parse(remediation.approval?.at ?? createdAt) +
    patienceMs(poolOf(rules, remediation.pool) ?? { windows: [] });
  const endsMs = Math.min(evidenceEndsMs(remediation, alerts, limits), patientUntilMs);
  // Who looks seldom looks once more before it is too late.
  const isLast = error instanceof TargetBusyError && endsMs - now >= MAX_BUSY_PAUSE_MS;
  const nextAt = isLast && Date.parse(lookAt) > endsMs ? new Date(endsMs).toISOString() : lookAt;
  const tooLate = Date.parse(nextAt) > endsMs;
  const why =
    error instanceof TargetBusyError
      ? `it waits: ${failure.message}`
      : `it could not be sent: ${formatError(failure)}`;

  const { stored, written } = await recordRemediation(services, id, now, (current) => {
    // Of several attempts at the same time one is enough, with one message.
    if (!isUnchanged(remediation, current) || current.deferrals !== remediation.deferrals) return undefined;
    if (tooLate) return giveUp(current, why, failure);
    const said = { ...failure, ...(again && { [again]: true }) };
    return defer(current, nextAt, why, said, { putOff: again && { reason: again, times } });
  });
  if (!stored || !written) return;
  if (tooLate || !mayUndoOthers(stored)) await release(stored, 'unused', services);
  log.warn(tooLate ? 'needs-human' : 'deferred', { correlationId: id, until: nextAt, why });
  if (stored.state === 'deferred') {
    await sendCommand(stored, services, nextAt);
  }
}

/**
 * Whether a change of a node pool may have been made, and will be made again: what another changed in between would be undone
 * by it, and has to wait.
 */
function mayUndoOthers({ nodePool, callId }: Remediation): boolean {
  return nodePool !== undefined && callId !== undefined;
}

/** The reason for which a command waits longer each time: the API throttles, or another remediation holds its target. */
function reasonToWaitLonger(error: unknown): 'throttled' | 'busy' | undefined {
  if (error instanceof TargetBusyError) return 'busy';
  return error instanceof ModelArtsError && error.throttled ? 'throttled' : undefined;
}

/**
 * How long a command waits before it is tried again, unless the API names a longer time; longer each time it is throttled.
 *
 * @param times how often it has come to this in a row.
 */
function pauseMs(error: unknown, times: number, { retryMs, busyMs }: Waits): number {
  if (error instanceof TargetBusyError)
    return times <= OFTEN_BUSY
      ? Math.min(MAX_BUSY_PAUSE_MS, backoffMs(times, busyMs))
      : backoffMs(times - OFTEN_BUSY, MAX_BUSY_PAUSE_MS);
  if (error instanceof StaleReadingError) return STALE_PAUSE_MS;
  if (!(error instanceof ModelArtsError)) return retryMs;
  if (error.status === 401 || error.code === 'credentials-refused') return REFUSED_KEY_PAUSE_MS;
  return Math.max(backoffMs(times, retryMs), error.retryAfterMs ?? 0);
}

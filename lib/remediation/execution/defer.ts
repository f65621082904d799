import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { release } from '#lib/capacity/release';
import { evidenceEndsMs, patienceMs } from '#lib/guards/evidence';
import type { Invocation } from '#lib/handler/invocation';
import type { CallError } from '#lib/ledger/call';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { escalate } from '#lib/remediation/escalation/escalate';
import { fail } from '#lib/remediation/lifecycle/call';
import { defer, giveUp } from '#lib/remediation/lifecycle/defer';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteUnexplained } from '#lib/remediation/lifecycle/note';
import { isWithdrawn } from '#lib/remediation/lifecycle/withdraw';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { backoffMs } from '#lib/remediation/record/backoff';
import { limitsOf } from '#lib/remediation/record/limits';
import {
  formatError,
  isOpen,
  isRungFailed,
  isUnchanged,
  isUndecided,
  isUnsent,
  mayUndoOthers,
} from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import type { Waits } from '#lib/rules/waits';
import { toCallError } from './call.ts';
import type { Member } from './join.ts';

/** Another remediation works on the target: the command waits for it. */
export class TargetBusyError extends Error {
  override name = 'TargetBusyError';
}

/** The reading of the pool is too old to act on. */
export class StaleReadingError extends Error {
  override name = 'StaleReadingError';
  constructor() {
    super('too much time has passed since the pool was read');
  }
}

/** The pause before a command is judged again on a fresh reading. */
const STALE_PAUSE_MS = 1_000;

/** The longest pause of the first checks whether a target is free. */
const MAX_BUSY_PAUSE_MS = 60_000;

/** After this many checks the pauses grow again: work that takes so long may go on for a day. */
const OFTEN_BUSY = 20;

/** The pause after a refused key: a little longer than Huawei locks the key (docs/design/modelarts-api.md, 5.2). */
const REFUSED_KEY_PAUSE_MS = 5 * 60_000 + 10_000;

/**
 * Ends the attempt of commands whose call certainly had no effect: it fails them if no later try can succeed, and otherwise defers
 * them. Their nodes are released.
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

/** An observed command ends here, because the verdicts of its guards cannot be known. */
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
 * Whether the API refused a call, and would refuse it again. A refused key is not the command's fault, and a refused read says
 * nothing about the call.
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
 * Records a lasting refusal of the API, first among the dead letters and then in the ledger, with the vendor's own words. In this
 * order, because two dead letters after a crash are better than none.
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
  else await release(stored, 'refused', services, { targets });
}

/** Defers a command. If its evidence would be too old at the next try, the command goes to a person. */
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
  const pausedUntil = new Date(now + pauseMs(error, times, rules.waits)).toISOString();
  const limits = limitsOf(rules, remediation);
  const { values: alerts } = await readableAlertsOf(remediation, store);
  const patientUntilMs =
    Date.parse(remediation.approval?.at ?? createdAt) +
    patienceMs(poolOf(rules, remediation.pool) ?? { windows: [] });
  const endsMs = Math.min(evidenceEndsMs(remediation, alerts, limits), patientUntilMs);
  // A command with long pauses gets one more check before its evidence is too old.
  const isLast = error instanceof TargetBusyError && endsMs - now >= MAX_BUSY_PAUSE_MS;
  const nextAt = isLast && Date.parse(pausedUntil) > endsMs ? new Date(endsMs).toISOString() : pausedUntil;
  const tooLate = Date.parse(nextAt) > endsMs;
  const why =
    error instanceof TargetBusyError
      ? `it waits: ${failure.message}`
      : `it could not be sent: ${formatError(failure)}`;

  const { stored, written } = await recordRemediation(services, id, now, (current) => {
    // If several attempts defer the command at the same time, only one records it and sends the message.
    if (!isUnchanged(remediation, current) || current.deferrals !== remediation.deferrals) return undefined;
    if (tooLate) return giveUp(current, why, failure);
    const said = { ...failure, ...(again && { [again]: true }) };
    return defer(current, nextAt, why, said, { putOff: again && { reason: again, times } });
  });
  if (!stored) return;
  if (!written) {
    // A person took it back meanwhile, perhaps before this attempt held anything.
    if (isWithdrawn(stored))
      await release(remediation, 'unused', services, { isUnsent: isUnsent(remediation) });
    return;
  }
  if (tooLate || !mayUndoOthers(stored)) await release(stored, 'unused', services);
  log.warn(tooLate ? 'needs-human' : 'deferred', { correlationId: id, until: nextAt, why });
  if (stored.state === 'deferred') {
    await sendCommand(stored, services, nextAt);
  }
}

/** The reasons that make a command wait longer each time: the API throttles, or another remediation holds its target. */
function reasonToWaitLonger(error: unknown): 'throttled' | 'busy' | undefined {
  if (error instanceof TargetBusyError) return 'busy';
  return error instanceof ModelArtsError && error.throttled ? 'throttled' : undefined;
}

/**
 * The pause before the next try of a command, in milliseconds. It grows each time the API throttles, and is never shorter than the
 * time that the API names.
 *
 * @param times how often in a row the command was deferred for this reason.
 */
function pauseMs(error: unknown, times: number, { retryMs, busyMs }: Waits): number {
  if (error instanceof TargetBusyError)
    return times <= OFTEN_BUSY
      ? Math.min(MAX_BUSY_PAUSE_MS, backoffMs(times, busyMs))
      : backoffMs(times - OFTEN_BUSY, MAX_BUSY_PAUSE_MS);
  if (error instanceof StaleReadingError) return STALE_PAUSE_MS;
  if (!(error instanceof ModelArtsError)) return retryMs;
  if (error.status === 401 || error.code === 'credentials-refused' || error.code === 'credentials-missing')
    return REFUSED_KEY_PAUSE_MS;
  return Math.max(backoffMs(times, retryMs), error.retryAfterMs ?? 0);
}

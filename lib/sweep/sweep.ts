import type { ScheduledEvent } from '#events/schedule';
import type { Invocation } from '#lib/handler/invocation';
import { abandonedCalls } from './abandoned-calls.ts';
import { expiredPlans } from './expired-plans.ts';
import { forgottenHolds } from './forgotten-holds.ts';
import { forgottenNotices } from './forgotten-notices.ts';
import { measure } from './measure.ts';
import { strandedCommands } from './stranded-commands.ts';
import type { Sweep, SweepingServices, Swept } from './sweep-of.ts';
import { unexplainedRemediations } from './unexplained-remediations.ts';
import { unfollowedCalls } from './unfollowed-calls.ts';
import { READ, unreadPools } from './unread-pools.ts';
import { unsentRungs } from './unsent-rungs.ts';

/** In this order: destructive calls come first. */
const SWEEPS: readonly Sweep[] = [
  unfollowedCalls,
  abandonedCalls,
  strandedCommands,
  unexplainedRemediations,
  expiredPlans,
  forgottenHolds,
  unsentRungs,
  forgottenNotices,
];

/**
 * Finishes work that crashes and lost messages interrupted. Each action is a conditional write on the state that the sweep
 * found, so a second run, or one beside all other functions, changes nothing more. With the rest of its time it reads the pools that
 * no other function has read, and writes the gauges.
 *
 * @throws AggregateError naming each document that failed; all others are done.
 */
export async function sweepLedger(
  _event: ScheduledEvent,
  services: SweepingServices,
  invocation: Invocation,
): Promise<void> {
  const all: Swept[] = [];
  for (const one of SWEEPS) all.push(await one(services, invocation));
  all.push(await unreadPools(services, invocation));
  const counts = Object.fromEntries(
    all.map(({ name, looked, done, failures, incomplete }) => [
      name,
      { looked, ...done, failed: failures.length, incomplete },
    ]),
  );
  const isQuiet = all.every(isQuietSweep);
  invocation.log[isQuiet ? 'info' : 'warn']('swept', counts);
  const failures = all.flatMap((swept) => swept.failures);
  await measure(services, invocation).catch((cause: unknown) => {
    failures.push(new Error('measure: the gauges could not be written', { cause }));
  });
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} things could not be swept up`);
  }
}

/** Whether a sweep found nothing that should not be. A pool that was read is in order. */
function isQuietSweep({ done, incomplete }: Swept): boolean {
  return Object.keys(done).every((what) => what === READ) && !incomplete;
}

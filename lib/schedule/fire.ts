import type { ScheduleFiring } from '#events/schedule';
import type { Invocation } from '#lib/handler/invocation';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import { decideFiring } from './decide.ts';
import { issueCommands } from './issue-commands.ts';

export type FireServices = Pick<
  RemediationServices,
  keyof OutboxServices | 'clock' | 'modelarts' | 'commands' | 'deadLetters'
>;

/**
 * Turns a firing of a schedule into its commands, or records why it is skipped. Schedule and firing time identify the commands, so
 * repeated deliveries of one firing lead to the same commands.
 *
 * @throws ModelArtsError if it must select nodes and cannot read the pool. Lambda then delivers the firing again
 */
export async function fireSchedule(
  firing: ScheduleFiring,
  services: FireServices,
  invocation: Invocation,
): Promise<void> {
  const { rules, clock, deadLetters } = services;
  const { log } = invocation;
  const schedule = rules.schedules.find(({ name }) => name === firing.schedule);
  const pool = schedule && poolOf(rules, schedule.pool);
  if (!schedule || !pool) {
    const reason = `the rules file of this version has no schedule ${JSON.stringify(firing.schedule)}: was it renamed or removed?`;
    log.warn('a firing leads to no command', { ...firing, why: reason });
    await deadLetters.send([{ body: JSON.stringify(firing), attributes: { reason } }]);
    return;
  }
  const scheduledMs = Date.parse(firing.scheduledAt);
  const scheduledAt = new Date(scheduledMs).toISOString();
  const decision = decideFiring(rules.schedules, schedule, scheduledMs, clock.now());
  const remediations = await issueCommands({ schedule, pool, scheduledAt, decision }, services, invocation);
  for (const { id, state, why } of remediations)
    log.info('schedule fired', { ...decision, correlationId: id, state, ...(why !== undefined && { why }) });
}

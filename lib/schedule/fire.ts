import type { ScheduleFiring } from '#events/schedule';
import type { Queue } from '#lib/aws/queue';
import type { Invocation } from '#lib/handler/invocation';
import { issue } from '#lib/remediation/issue';
import type { IdentifiedCommand } from '#lib/remediation/open';
import type { RemediationServices } from '#lib/remediation/services';
import { parameters } from '#lib/rules/parameters';
import { poolOf } from '#lib/rules/pool';
import { decideFiring } from './decide.ts';

export type FireServices = Pick<RemediationServices, 'store' | 'rules' | 'clock' | 'deadLetters'> & {
  /** The queue of `update-node-pool`. */
  commands: Queue;
};

/**
 * Turns a firing of a schedule into one command, or into the record of why it is not carried out. The command is known by the
 * schedule and the time for which it fired: the same firing, however often it comes, is the same command.
 */
export async function fire(
  firing: ScheduleFiring,
  services: FireServices,
  { log }: Invocation,
): Promise<void> {
  const { rules, clock, commands, deadLetters } = services;
  const schedule = rules.schedules.find(({ name }) => name === firing.schedule);
  const pool = schedule && poolOf(rules, schedule.pool);
  if (!schedule || !pool) {
    const reason = `the rules file has no schedule with the name ${JSON.stringify(firing.schedule)}`;
    log.warn('a firing leads to nothing', { ...firing, why: reason });
    await deadLetters.send([{ body: JSON.stringify(firing), attributes: { reason } }]);
    return;
  }
  const now = clock.now();
  const scheduledMs = Date.parse(firing.scheduledAt);
  const scheduledAt = new Date(scheduledMs).toISOString();
  const { allowed, why } = decideFiring(rules.schedules, schedule, scheduledMs, now);
  const { name, action, nodePool, mode } = schedule;
  const command: IdentifiedCommand = {
    id: `schedule:${name}:${scheduledAt}`,
    action,
    pool: pool.id,
    nodePool,
    parameters: parameters[action].parse(schedule.parameters),
    // What it rests on was found to be true now, however late the firing is.
    evidenceAt: new Date(now).toISOString(),
    reason: { source: 'schedule', schedule: name, scheduledAt },
    mode,
  };
  const receipts = [
    { step: 'event', source: 'schedule', schedule: name, scheduledAt },
    { step: 'schedule', allowed, why },
  ];
  const [remediation] = await issue(
    [{ command, alerts: [], receipts, ...(!allowed && { skipped: why }) }],
    services,
    commands,
  );
  log.info('schedule fired', { correlationId: command.id, state: remediation?.state, allowed, why });
}

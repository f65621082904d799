import { contentId } from '#lib/hash';
import type { Rules, Schedule } from '#lib/rules/rules';
import { deadLetterQueueId, functionId } from '../names.ts';
import { firingOf, STARTED_BY_SCHEDULES } from '../schedules.ts';
import { arn, type CloudFormationResource, type Resources, ref } from './resource.ts';

/**
 * How long EventBridge Scheduler retries a firing that it cannot deliver. The function decides on arrival whether the firing is
 * still in time. The number of attempts is the maximum of EventBridge Scheduler.
 */
const RETRY_POLICY = { MaximumEventAgeInSeconds: 6 * 3600, MaximumRetryAttempts: 185 };

/**
 * The schedules of the rules file as entries of EventBridge Scheduler, by logical id. Each starts `scale-node-pools` at its firing
 * times, in its time zone, with its name and the firing time. serverless.yml declares the group and the role that they reference.
 */
export function scheduleResources({ schedules }: Pick<Rules, 'schedules'>): Resources {
  return Object.fromEntries(schedules.map((schedule) => [logicalId(schedule), scheduleResource(schedule)]));
}

function scheduleResource(schedule: Schedule): CloudFormationResource {
  const { name, cron, timezone } = schedule;
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: name,
      GroupName: ref('ScheduleGroup'),
      Description: describe(schedule).slice(0, 512),
      ScheduleExpression: `cron(${cron.trim().split(/\s+/).join(' ').toUpperCase()})`,
      ScheduleExpressionTimezone: timezone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: arn(functionId(STARTED_BY_SCHEDULES)),
        RoleArn: arn('SchedulerRole'),
        Input: firingOf(schedule),
        RetryPolicy: RETRY_POLICY,
        DeadLetterConfig: { Arn: arn(deadLetterQueueId(STARTED_BY_SCHEDULES)) },
      },
    },
  };
}

/** The description in the console of AWS. */
function describe({ action, pool, ...work }: Schedule): string {
  if ('nodePool' in work) return `${action}: node pool ${work.nodePool} of ${pool}`;
  const { nodes } = work;
  return `${action}: ${Array.isArray(nodes) ? `${nodes.length} nodes` : `nodes that ${JSON.stringify(nodes)} selects`} of ${pool}`;
}

/** A logical id may have only letters and digits. A hash keeps the ids of names unique that differ in other characters. */
function logicalId({ name }: Schedule): string {
  return `Schedule${name.replaceAll(/[^A-Za-z0-9]/g, '')}${contentId(name).slice(0, 8)}`;
}

import { actions, byAction } from '#lib/actions/traits';
import { createDynamoDbStore } from '#lib/aws/dynamodb-store';
import type { AwsServiceOptions } from '#lib/aws/json-call';
import { createQueue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import { createLogger } from '#lib/log';
import type { RemediationServices } from '#lib/remediation/record/services';
import { WAITS } from '#lib/rules/waits';
import { RESET_PARAMETERS, SAMPLE_POOL } from './sample-names.ts';
import { createSampleTable } from './sample-table.ts';

const pool: RemediationServices['rules']['pools'][number] = {
  name: 'warm-up',
  id: SAMPLE_POOL,
  budget: { maxUnavailable: { percent: 100 }, perDay: { percent: 100 } },
  windows: [],
  storm: { nodes: { count: 1_000 }, withinMs: 600_000 },
  breaker: { failures: 5, pauseMs: 600_000 },
};

/** Matches the sample alert: the path of an alert that leads to a command is the one to warm. */
const rule: RemediationServices['rules']['rules'][number] = {
  name: 'warm-up',
  when: { labels: { alertname: ['warm-*'] }, annotations: {} },
  mode: 'act',
  interruptWorkloads: false,
  rounds: { max: 3, withinMs: 604_800_000 },
  node: [{ kind: 'labels', key: 'instance' }],
  cooldownMs: 21_600_000,
  maxEvidenceAgeMs: 3_600_000,
  pool: { name: 'warm-up' },
  ladder: [{ action: 'reset-nodes', parameters: RESET_PARAMETERS }],
};

export type SampleServices = Omit<RemediationServices, 'modelarts'> & { invocation: Invocation };

/**
 * The services of a remediation without the API, all of the real code, on a table and queues in the memory of this process: nothing is
 * stored, logged or sent.
 */
export function sampleServices(clock: Clock): SampleServices {
  const options: AwsServiceOptions = {
    region: 'eu-central-1',
    key: { accessKeyId: 'warm-up', secretAccessKey: 'warm-up' },
    now: () => clock.now(),
    endpoint: 'http://aws.invalid',
    agent: createSampleTable(),
  };
  const queue = createQueue('http://sqs.invalid/warm-up', options);
  const log = createLogger({}, { write: () => {} });
  let count = 0;
  const beganAtMs = clock.now();
  return {
    store: createDynamoDbStore('warm-up', options),
    rules: {
      polling: { firstMs: 90_000, everyMs: 30_000 },
      approvals: { by: 'anyone' },
      pools: [pool],
      rules: [rule],
      tagPolicies: [],
      schedules: [],
      notify: [],
      deadlinesMs: byAction(() => 2_700_000),
      waits: WAITS,
    },
    clock,
    newId: () => `warm-up-${(count += 1)}`,
    commands: Object.fromEntries(actions.map((name) => [name, queue])),
    follow: queue,
    notices: queue,
    deadLetters: queue,
    maxReceives: 5,
    log,
    invocation: { log, beganAtMs, deadlineMs: beganAtMs + 60_000, signal: new AbortController().signal },
  };
}

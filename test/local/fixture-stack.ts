import { arnOf, type CloudLocation, queueUrl } from '#local/cloud/account';
import type { CloudDescription, FunctionDescription } from '#local/cloud/description';

const route = (routeKey: string, timeoutMs = 30_000) => ({
  routeKey,
  functionName: 'poolkeeper-test-http',
  timeoutMs,
});

/** A small stack in which everything is that the stand-ins carry out. */
export function fixtureStack(location: CloudLocation): CloudDescription {
  const fn = (name: string, part: Partial<FunctionDescription> = {}): FunctionDescription => ({
    logicalId: `${name[0]!.toUpperCase()}${name.slice(1)}LambdaFunction`,
    name: `poolkeeper-test-${name}`,
    arn: arnOf(location, 'lambda', `function:poolkeeper-test-${name}`),
    handler: `test/local/handlers/${name}.handler`,
    timeoutSeconds: 30,
    memoryMb: 128,
    environment: {},
    role: {
      name: `poolkeeper-test-${name}-role`,
      statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    },
    ...part,
  });
  const queue = (logicalId: string, name: string, attributes: Record<string, string>) => ({
    logicalId,
    name,
    arn: arnOf(location, 'sqs', name),
    url: queueUrl(location, name),
    attributes,
  });
  const dead = queue('WorkDeadLetterQueue', 'poolkeeper-test-work-dead', {
    MessageRetentionPeriod: '1209600',
  });
  const work = queue('WorkQueue', 'poolkeeper-test-work', {
    VisibilityTimeout: '900',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  return {
    functions: [
      fn('http'),
      fn('worker'),
      fn('gather', { handler: 'test/local/handlers/worker.handler' }),
      fn('callback'),
      fn('probe', {
        timeoutSeconds: 10,
        environment: {
          TABLE: 'poolkeeper-test-ledger',
          QUEUE_URL: work.url,
          OVERRIDDEN: 'by the stack',
        },
      }),
    ],
    queues: [work, dead, queue('GatherQueue', 'poolkeeper-test-gather', { VisibilityTimeout: '900' })],
    tables: [
      {
        logicalId: 'LedgerTable',
        name: 'poolkeeper-test-ledger',
        definition: {
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'state', AttributeType: 'S' },
          ],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'byState',
              KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        },
      },
    ],
    mappings: [
      {
        functionName: 'poolkeeper-test-worker',
        queueName: 'poolkeeper-test-work',
        batchSize: 10,
        batchingWindowSeconds: 0,
        maximumConcurrency: 2,
        reportsBatchItemFailures: true,
      },
      {
        functionName: 'poolkeeper-test-gather',
        queueName: 'poolkeeper-test-gather',
        batchSize: 23,
        batchingWindowSeconds: 60,
        reportsBatchItemFailures: true,
      },
    ],
    routes: [
      route('POST /alerts/{source}'),
      route('GET /remediations/{id}'),
      route('POST /remediations/{id}/approve'),
      route('ANY /any'),
      route('GET /impatient', 200),
    ],
    schedules: [
      {
        arn: arnOf(location, 'events', 'rule/sweep'),
        kind: 'rule',
        times: { everyMinutes: 5 },
        functionName: 'poolkeeper-test-probe',
      },
      {
        arn: arnOf(location, 'scheduler', 'schedule/default/night'),
        kind: 'schedule',
        times: { cron: '0 20 * * ? *', timezone: 'Europe/Berlin' },
        functionName: 'poolkeeper-test-probe',
        input: '{"schedule":"night","at":"<aws.scheduler.scheduled-time>"}',
      },
    ],
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resources, resourcesOfType, root, service, target, text } from './serverless-declaration.ts';

const functionNames = readdirSync(path.join(root, 'functions')).map((file) => path.basename(file, '.ts'));
const functions: [name: string, declared: any][] = Object.entries(service['functions']);
const consumers = functions.flatMap(([name, declared]) =>
  (declared.events ?? [])
    .filter((event: any) => event.sqs)
    .map((event: any) => ({ name, declared, sqs: event.sqs })),
);
const queues = resourcesOfType('AWS::SQS::Queue');
const sourceQueues = queues.filter(([, queue]) => queue['RedrivePolicy']);
const deadLetterQueueIds = [
  ...sourceQueues.map(([, queue]) => target(queue['RedrivePolicy'].deadLetterTargetArn)),
  // The dead-letter queues of events that no queue delivers.
  ...functions.flatMap(([, { destinations }]) => (destinations ? [target(destinations.onFailure.arn)] : [])),
];
const SCHEDULER_ROLE = 'SchedulerRole';
const alarms = resourcesOfType('AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);

test('the page about deployment says how many alarms there are', () => {
  expect(readFileSync(path.join(root, 'docs/deploy.md'), 'utf8')).toContain(` ${alarms.length} alarms;`);
});

describe('functions', () => {
  test('each file in functions/ is one function, and each function one file', () => {
    expect(functions.map(([name]) => name).sort()).toEqual(functionNames.sort());
  });

  test.each(functions)('%s runs its own bundle, and its archive holds nothing else', (name, declared) => {
    const page = name === 'console' ? ['dist/page/**'] : [];
    expect(declared).toMatchObject({
      handler: `dist/${name}.handler`,
      package: { patterns: [`dist/${name}.cjs*`, ...page] },
    });
    expect(service['package']).toMatchObject({ individually: true, patterns: ['!**'] });
  });

  /** Lambda's runtime looks for a file without an extension first, and would import the folder. */
  test.each(functions)(
    '%s has no folder of its name beside its bundle',
    (name, { package: { patterns } }) => {
      expect(patterns.filter((pattern: string) => pattern.startsWith(`dist/${name}/`))).toEqual([]);
    },
  );

  test.each(functions)(
    '%s ends within the time that Lambda gives, and before an HTTP API gives up',
    (_, declared) => {
      const isAsked = declared.events.some((event: any) => event.httpApi);
      expect(declared.timeout).toBeGreaterThanOrEqual(1);
      expect(declared.timeout).toBeLessThanOrEqual(isAsked ? 30 : 900);
    },
  );

  test('all run on Node.js 24 and arm64', () => {
    expect(service['provider']).toMatchObject({ runtime: 'nodejs24.x', architecture: 'arm64' });
    for (const [, declared] of functions) expect(declared).not.toHaveProperty('runtime');
    for (const [, declared] of functions) expect(declared).not.toHaveProperty('architecture');
  });

  test.each(functions)('%s raises an alarm when it fails', (name) => {
    const logicalId = `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}LambdaFunction`;
    const metrics = alarms
      .filter(
        ({ Dimensions: [dimension] = [undefined] }: any) =>
          dimension?.Name === 'FunctionName' && target(dimension.Value) === logicalId,
      )
      .map(({ MetricName, Threshold, Statistic }) => ({ MetricName, Threshold, Statistic }));
    expect(metrics).toEqual([{ MetricName: 'Errors', Threshold: 0, Statistic: 'Sum' }]);
  });

  test('the routes that users script against are there', () => {
    const routes = functions.flatMap(([, { events = [] }]) => events.map((event: any) => event.httpApi));
    expect(routes).toEqual(
      expect.arrayContaining([
        'POST /alerts/{source}',
        'POST /alerts/alertmanager/api/v2/alerts',
        'GET /healthz',
        'GET /remediations',
        'GET /remediations/{id}',
      ]),
    );
  });
});

describe('queues', () => {
  test('each queue is a source with a dead-letter queue of its own, or such a dead-letter queue', () => {
    expect(queues.map(([id]) => id).sort()).toEqual(
      [...sourceQueues.map(([id]) => id), ...deadLetterQueueIds].sort(),
    );
  });

  test.each(sourceQueues)(
    '%s is read by one function, which reports the messages it could not handle',
    (id, queue) => {
      const readers = consumers.filter(({ sqs }) => target(sqs.arn) === id);
      expect(readers).toHaveLength(1);
      const { sqs, declared } = readers[0]!;
      expect(sqs.functionResponseType).toBe('ReportBatchItemFailures');
      expect(sqs.maximumConcurrency).toBeGreaterThanOrEqual(2);
      expect(sqs.maximumConcurrency).toBeLessThanOrEqual(1000);
      // Lambda API reference, CreateEventSourceMapping: more than ten messages take a window.
      if (sqs.batchSize > 10) expect(sqs.maximumBatchingWindow).toBeGreaterThanOrEqual(1);
      expect(sqs.maximumBatchingWindow).toBeLessThanOrEqual(300);
      // AWS Lambda guide, "Creating and configuring an Amazon SQS event source mapping".
      expect(queue['VisibilityTimeout']).toBeGreaterThanOrEqual(
        6 * declared.timeout + sqs.maximumBatchingWindow,
      );
      expect(queue['RedrivePolicy'].maxReceiveCount).toBeGreaterThanOrEqual(5);
      // At the last of them the function itself says why it is a dead letter.
      expect(declared.environment.POOLKEEPER_MAX_RECEIVES).toBe(queue['RedrivePolicy'].maxReceiveCount);
      expect(sqs.batchSize).toBeLessThanOrEqual(10_000);
    },
  );

  test.each(queues)('%s is encrypted', (_, queue) => {
    expect(queue['SqsManagedSseEnabled']).toBe(true);
  });

  test.each(deadLetterQueueIds)('%s keeps its messages for 14 days, and sweep counts them', (id) => {
    expect(resources[id].Properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
    const counted = statementsOf('SweepRole').filter(({ Action }) => Action === 'sqs:GetQueueAttributes');
    expect(counted.flatMap(({ Resource }) => Resource.map(target))).toContain(id);
    expect(Object.values<any>(service['functions'].sweep.environment)).toContainEqual({ Ref: id });
  });

  test('one alarm comes at the first dead letter of any queue', () => {
    expect(alarms.filter(({ MetricName }) => MetricName === 'DeadLetters')).toMatchObject([
      { Statistic: 'Maximum', Threshold: 0, Dimensions: [] },
    ]);
  });

  test.each(sourceQueues)('%s raises an alarm when messages wait too long', (id) => {
    expect(alarmsOfQueue(id)).toMatchObject([
      { MetricName: 'ApproximateAgeOfOldestMessage', Statistic: 'Maximum' },
    ]);
  });

  test('every alarm reaches the topic, and a quiet system is not an alarm, but a silent sweep is', () => {
    for (const alarm of alarms) {
      const isSilence = alarm['MetricName'] === 'SweepAge';
      expect(alarm).toMatchObject({
        AlarmActions: [{ Ref: 'AlarmTopic' }],
        ComparisonOperator: isSilence ? 'LessThanThreshold' : 'GreaterThanThreshold',
        TreatMissingData: isSilence ? 'breaching' : 'notBreaching',
      });
    }
  });
});

describe('environment', () => {
  test('nothing secret is in it', () => {
    const names = functions.flatMap(([, { environment = {} }]) => Object.keys(environment));
    const all = [...names, ...Object.keys(service['provider'].environment)];
    expect(all.filter((name) => /(_AK|_SK|_KEY|TOKEN|SECRET|PASSWORD)$/.test(name))).toEqual([]);
  });

  test('serverless.yml itself takes only the region of AWS from the environment', () => {
    expect(new Set(text.matchAll(/\benv:(\w+)/g).map(([, name]) => name))).toEqual(
      new Set(['AWS_DEFAULT_REGION']),
    );
  });

  test.each(functions)('%s gets the right queues', (_, { environment = {} }) => {
    for (const [variable, value] of Object.entries<any>(environment)) {
      const [, kind, action] = /^POOLKEEPER_(QUEUE|DLQ)_(\w+)$/.exec(variable) ?? [];
      if (!action) continue;
      const queue = `${action.toLowerCase().replaceAll('_', '-')}${kind === 'DLQ' ? '-dlq' : ''}`;
      expect(resources[target(value)].Properties.QueueName).toBe(`poolkeeper-\${sls:stage}-${queue}`);
    }
  });
});

describe('permissions', () => {
  test('each function has a role of its own, that only Lambda can take', () => {
    const roles = new Set(functions.map(([, { role }]) => role));
    expect(roles.size).toBe(functions.length);
    const declared = resourcesOfType('AWS::IAM::Role').filter(([id]) => id !== SCHEDULER_ROLE);
    expect(new Set(declared.map(([id]) => id))).toEqual(roles);
    for (const [, role] of declared) {
      expect(role['AssumeRolePolicyDocument'].Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      expect(role).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  test.each(functions)('%s has no wildcard', (_, { role }) => {
    const granted = statementsOf(role).map(({ Condition: _narrows, ...statement }) => statement);
    expect(JSON.stringify(granted)).not.toContain('*');
  });

  test.each(functions)(
    '%s may send to the queues in its environment, and to no others',
    (name, { role, environment = {} }) => {
      const told = Object.values<any>(environment).map((value) => target(value ?? {}));
      const queueIds = queues
        .map(([id]) => id)
        .filter((id) => told.includes(id))
        // The console reads dead letters and sweep counts them, and neither writes any.
        .filter((id) => !['console', 'sweep'].includes(name) || !deadLetterQueueIds.includes(id));
      expect(allowed(role, 'sqs:SendMessage').sort()).toEqual(queueIds.sort());
    },
  );

  test.each(functions)(
    '%s may receive from its own queue alone, and the console every dead letter',
    (name, { role }) => {
      if (name === 'console') {
        for (const action of ['Receive', 'Delete'])
          expect(allowed(role, `sqs:${action}Message`).sort()).toEqual([...deadLetterQueueIds].sort());
        return;
      }
      const own = consumers.filter((consumer) => consumer.name === name).map(({ sqs }) => target(sqs.arn));
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage'])
        expect(allowed(role, action)).toEqual(own);
      const counted = name === 'sweep' ? [...deadLetterQueueIds] : own;
      expect(allowed(role, 'sqs:GetQueueAttributes').sort()).toEqual(counted.sort());
    },
  );

  test.each(functions)(
    '%s may read the keys of ModelArts only if it calls it',
    (name, { role, environment = {} }) => {
      const readsKeys = JSON.stringify(statementsOf(role)).includes('/HUAWEICLOUD_SDK_SK');
      // SMN takes the same keys, and the URL of a topic says all the rest.
      expect(readsKeys).toBe('MODELARTS_ENDPOINT' in environment || name === 'notify');
    },
  );

  test('EventBridge Scheduler may start the one function, for this account’s schedules alone, and bury what it cannot', () => {
    expect(resources[SCHEDULER_ROLE].Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': ['ScheduleGroup', 'Arn'] },
          },
        },
      },
    ]);
    expect(statementsOf(SCHEDULER_ROLE).flatMap(({ Action }) => Action)).toEqual([
      'lambda:InvokeFunction',
      'sqs:SendMessage',
    ]);
    expect(allowed(SCHEDULER_ROLE, 'lambda:InvokeFunction')).toEqual([
      'ScaleDashnodeDashpoolsLambdaFunction',
    ]);
    expect(allowed(SCHEDULER_ROLE, 'sqs:SendMessage')).toEqual(['ScaleNodePoolsDeadLetterQueue']);
  });

  test('the console cannot reach the API, and functions can delete only entries of wait lists, and receivers the tries of a delivery', () => {
    expect(JSON.stringify(statementsOf('ConsoleRole'))).not.toMatch(/HUAWEICLOUD/);
    for (const [, { role }] of functions) {
      const {
        batches = [],
        removals = [],
        others = [],
      } = Object.groupBy(statementsOf(role), ({ Action }) => {
        if (Action === 'dynamodb:BatchWriteItem') return 'batches';
        return Action === 'dynamodb:DeleteItem' ? 'removals' : 'others';
      });
      expect(JSON.stringify(others)).not.toMatch(/dynamodb:(Delete|BatchWrite)/);
      // A batch can also delete, so batches are allowed only in the journal, and in the histories of nodes.
      for (const { Condition } of batches)
        expect(Condition).toEqual({
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['deliveries#*', 'mentioned#*', 'history#*'] },
        });
      const tries = batches.length > 0 ? ['tries#*'] : [];
      for (const { Condition } of removals)
        expect(Condition).toEqual({
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['pool#*', ...tries] },
        });
    }
  });
});

test('alarms of CloudWatch come in by one rule, which alone may invoke the function, and only if a prefix is given', () => {
  const rule = resources['CloudWatchAlarmsRule'];
  expect(rule).toMatchObject({
    Condition: 'HasAlarmPrefix',
    Properties: {
      EventPattern: { source: ['aws.cloudwatch'], detail: { alarmName: [{ prefix: expect.any(String) }] } },
      Targets: [{ Arn: { 'Fn::GetAtt': ['ReceiveDashalertLambdaFunction', 'Arn'] } }],
    },
  });
  expect(resourcesOfType('AWS::Lambda::Permission').map(([id]) => id)).toEqual([
    'CloudWatchAlarmsPermission',
  ]);
  expect(resources['CloudWatchAlarmsPermission']).toMatchObject({
    Condition: 'HasAlarmPrefix',
    Properties: {
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['CloudWatchAlarmsRule', 'Arn'] },
    },
  });
});

test('an event that no try could store is a dead letter', () => {
  expect(service['functions']['receive-alert']).toMatchObject({
    maximumRetryAttempts: 2,
    destinations: {
      onFailure: { type: 'sqs', arn: { 'Fn::GetAtt': ['ReceiveAlertDeadLetterQueue', 'Arn'] } },
    },
  });
});

test('the ledger is kept, backed up, encrypted, and pays by request', () => {
  const { Properties: table, ...ledger } = resources['LedgerTable'];
  expect(ledger).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(table).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
});

function alarmsOfQueue(logicalId: string) {
  return alarms.filter(
    ({ Dimensions: [dimension] = [undefined] }: any) =>
      dimension?.Name === 'QueueName' && target(dimension.Value) === logicalId,
  );
}

function statementsOf(role: string): any[] {
  return resources[role].Properties.Policies.flatMap((policy: any) => policy.PolicyDocument.Statement);
}

/** The resources on which a role allows an action, by their logical ids. */
function allowed(role: string, action: string): string[] {
  return statementsOf(role)
    .filter((statement) => [statement.Action].flat().includes(action))
    .flatMap((statement) => [statement.Resource].flat().map(target));
}

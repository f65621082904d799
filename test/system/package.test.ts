import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import type { CloudDescription } from '#local/cloud/description';
import { describeStack } from '#local/stack/describe';
import { declaredFunctions } from '#local/stack/functions';
import { functionId } from '#local/stack/names';
import { checkTemplate } from '#local/template/check-template';
import type { Template } from '#local/template/template';
import { copyCheckout, runProgram } from '#test/start/checkout';

const place = { region: 'eu-central-1', sqsEndpoint: 'http://127.0.0.1:9324' };

let checkout: Awaited<ReturnType<typeof copyCheckout>>;
let template: Template;
let resources: Record<string, { Type: string; Properties: any }>;
let described: CloudDescription;

beforeAll(async () => {
  checkout = await copyCheckout();
  await using build = runProgram(checkout.dir, ['local/build.ts']);
  expect(await build.ended, build.output()).toBe(0);
  template = JSON.parse(await readFile(packaged('cloudformation-template-update-stack.json'), 'utf8'));
  resources = JSON.parse(JSON.stringify(template.Resources));
  const rules = parseRules(
    await readFile(path.join(checkout.dir, 'poolkeeper.yml'), 'utf8'),
    'poolkeeper.yml',
  );
  described = describeStack(rules)(place);
});
afterAll(() => checkout[Symbol.asyncDispose]());

const packaged = (file: string) => path.join(checkout.dir, '.serverless', file);

function ofType(type: string): [logicalId: string, properties: any][] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, { Properties }]) => [logicalId, Properties]);
}

/** Which resource a `Ref`, an `Fn::GetAtt` or an integration's path points at. */
function target(reference: any): string {
  const joined = reference['Fn::Join']?.[1].find((part: unknown) => typeof part === 'object');
  return reference['Ref'] ?? reference['Fn::GetAtt']?.[0] ?? target(joined);
}

/** The name of the resource in the account. */
function nameOf(reference: unknown): string {
  const { Properties } = resources[target(reference)]!;
  return Properties.FunctionName ?? Properties.QueueName ?? Properties.TableName ?? Properties.Name;
}

it('nothing in the template is known to be refused by AWS', async () => {
  expect(await checkTemplate(template)).toEqual([]);
  expect(Object.keys(resources).length).toBeGreaterThan(150);
});

const sorted = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item)).toSorted();
const sqs = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

/** A text of the template on this machine, with the ARN of the resource for each reference. */
function textOf(value: any): string {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-central-1',
    'AWS::AccountId': '000000000000',
  };
  if (typeof value === 'string') return value;
  if (value['Fn::GetAtt']) return arnOfResource(value['Fn::GetAtt'][0]);
  return value['Fn::Sub'].replaceAll(/\$\{([\w:.]+)\}/g, (_: string, name: string) => {
    return pseudo[name] ?? arnOfResource(name.replace(/\.Arn$/, ''));
  });
}

function arnOfResource(logicalId: string): string {
  const { Type, Properties } = resources[logicalId]!;
  const kinds: Record<string, string> = {
    'AWS::DynamoDB::Table': `dynamodb:eu-central-1:000000000000:table/${Properties.TableName}`,
    'AWS::SQS::Queue': `sqs:eu-central-1:000000000000:${Properties.QueueName}`,
    'AWS::Logs::LogGroup': `logs:eu-central-1:000000000000:log-group:${Properties.LogGroupName}:*`,
  };
  return `arn:aws:${kinds[Type]}`;
}

/** The statements of every policy of a role, with the ARNs of this machine. */
function statementsOf(roleId: string) {
  const attached = ofType('AWS::IAM::Policy').flatMap(([, policy]) =>
    policy.Roles.some((role: any) => target(role) === roleId) ? [policy] : [],
  );
  return [...resources[roleId]!.Properties.Policies, ...attached].flatMap(({ PolicyDocument }: any) =>
    PolicyDocument.Statement.map((statement: any) => ({
      ...statement,
      Resource: [statement.Resource].flat().map(textOf),
    })),
  );
}

it('what is deployed and what runs here have the same functions, with the same environment and the same rights', () => {
  /** The local system says these itself. */
  const given = /^(POOLKEEPER_PUBLIC_URL|HUAWEICLOUD_.*|MODELARTS_.*)$/;
  const failuresTo = new Map(
    ofType('AWS::Lambda::EventInvokeConfig').map(([, { FunctionName, DestinationConfig }]) => [
      target(FunctionName),
      textOf(DestinationConfig.OnFailure.Destination),
    ]),
  );
  const deployed = ofType('AWS::Lambda::Function').map(([logicalId, properties]) => ({
    logicalId,
    name: properties.FunctionName,
    arn: `arn:aws:lambda:eu-central-1:000000000000:function:${properties.FunctionName}`,
    handler: properties.Handler,
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    environment: Object.fromEntries(
      Object.entries<any>(properties.Environment.Variables)
        .filter(([variable]) => !given.test(variable))
        .map(([variable, value]) => [variable, isTable(value) ? nameOf(value) : valueOf(value)]),
    ),
    role: {
      name: `poolkeeper-local-${target(properties.Role)}`,
      statements: statementsOf(target(properties.Role)),
    },
    ...(failuresTo.has(logicalId) && { failuresTo: failuresTo.get(logicalId) }),
  }));
  expect(described.functions).toEqual(expect.arrayContaining(deployed));
  expect(deployed).toHaveLength(described.functions.length);
});

const isTable = (value: any) => value?.Ref === 'LedgerTable';
const valueOf = (value: string | object) =>
  typeof value === 'object' ? `${place.sqsEndpoint}/000000000000/${nameOf(value)}` : value;

it('the same queues', () => {
  const deployed = ofType('AWS::SQS::Queue').map(([logicalId, properties]) => {
    const { QueueName, VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = properties;
    return {
      logicalId,
      name: QueueName,
      arn: sqs(QueueName),
      url: `${place.sqsEndpoint}/000000000000/${QueueName}`,
      attributes: {
        ...(VisibilityTimeout && { VisibilityTimeout: String(VisibilityTimeout) }),
        MessageRetentionPeriod: String(MessageRetentionPeriod),
        ...(RedrivePolicy && {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: sqs(nameOf(RedrivePolicy.deadLetterTargetArn)),
            maxReceiveCount: RedrivePolicy.maxReceiveCount,
          }),
        }),
      },
    };
  });
  expect(described.queues).toEqual(expect.arrayContaining(deployed));
  expect(deployed).toHaveLength(described.queues.length);
});

it('the same table', () => {
  const [[logicalId, properties] = []] = ofType('AWS::DynamoDB::Table');
  const { TableName: name, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  const { TimeToLiveSpecification: expiry } = properties;
  expect(expiry.Enabled).toBe(true);
  expect(described.tables).toEqual([
    {
      logicalId,
      name,
      definition: { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes },
      expiry: expiry.AttributeName,
    },
  ]);
});

it('the same ways from queues, routes and schedules to functions', () => {
  const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, properties]) => ({
    functionName: nameOf(properties.FunctionName),
    queueName: nameOf(properties.EventSourceArn),
    batchSize: properties.BatchSize,
    batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
    maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
    reportsBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
  }));
  expect(sorted(mappings)).toEqual(sorted(described.mappings));

  const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { RouteKey: routeKey, Target }]) => {
    const { IntegrationUri, TimeoutInMillis: timeoutMs } = resources[target(Target)]!.Properties;
    return { routeKey, functionName: nameOf(IntegrationUri), timeoutMs };
  });
  expect(sorted(routes)).toEqual(sorted(described.routes));

  // A rule with a pattern hands on events that no machine has.
  const timed = ofType('AWS::Events::Rule').filter(([, { ScheduleExpression }]) => ScheduleExpression);
  const rates = timed.map(([, { ScheduleExpression, Targets }]) => ({
    times: { everyMinutes: Number(/^rate\((\d+) minutes\)$/.exec(ScheduleExpression)?.[1]) },
    functionName: nameOf(Targets[0].Arn),
    input: Targets[0].Input,
  }));
  const schedules = ofType('AWS::Scheduler::Schedule').map(([, properties]) => ({
    times: {
      cron: /^cron\((.*)\)$/.exec(properties.ScheduleExpression)?.[1],
      timezone: properties.ScheduleExpressionTimezone,
    },
    functionName: nameOf(properties.Target.Arn),
    input: properties.Target.Input,
  }));
  expect(sorted([...rates, ...schedules])).toEqual(
    sorted(described.schedules.map(({ times, functionName, input }) => ({ times, functionName, input }))),
  );
});

it.each(declaredFunctions)(
  'the role of $name sends to the queues that its environment names, and to no others',
  ({ name, readsDeadLetters = false, countsDeadLetters = false }) => {
    const { Role, Environment } = resources[functionId(name)]!.Properties;
    const statements: any[] = resources[target(Role)]!.Properties.Policies.flatMap(
      (policy: any) => policy.PolicyDocument.Statement,
    );
    const told = Object.values<any>(Environment.Variables)
      .filter((value) => typeof value === 'object')
      .map(target)
      .filter((logicalId) => resources[logicalId]!.Type === 'AWS::SQS::Queue')
      // It reads or counts these, and buries nothing.
      .filter(
        (logicalId) => !(readsDeadLetters || countsDeadLetters) || !logicalId.endsWith('DeadLetterQueue'),
      );
    const allowed = statements
      .filter(({ Action }) => [Action].flat().includes('sqs:SendMessage'))
      .flatMap(({ Resource }) => [Resource].flat().map(target));
    expect(allowed.toSorted()).toEqual(told.toSorted());
  },
);

it('each archive holds its own bundle, that of the console the page, and nothing else', async () => {
  const archives = (await readdir(path.dirname(packaged('any')))).filter((file) => file.endsWith('.zip'));
  expect(archives.toSorted()).toEqual(declaredFunctions.map(({ name }) => `${name}.zip`).toSorted());
  for (const archive of archives) {
    const bundle = `dist/${path.basename(archive, '.zip')}.cjs`;
    const entries = entriesOf(await readFile(packaged(archive)));
    const page = entries.filter((entry) => entry.startsWith('dist/page/'));
    expect(entries.filter((entry) => !page.includes(entry))).toEqual([bundle, `${bundle}.map`]);
    expect(page.includes('dist/page/index.html')).toBe(archive === 'console.zip');
  }
});

/** The names in a zip archive, by its central directory. */
function entriesOf(archive: Buffer): string[] {
  const names: string[] = [];
  for (let at = archive.indexOf('PK\u0001\u0002'); at >= 0; at = archive.indexOf('PK\u0001\u0002', at + 46)) {
    names.push(archive.toString('utf8', at + 46, at + 46 + archive.readUInt16LE(at + 28)));
  }
  return names.toSorted();
}

import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import BundleBeforePackaging from '#local/build/serverless-plugin';
import { scheduleResources } from '#local/stack/cloudformation/schedules';
import { describeStack } from '#local/stack/describe';
import { resources as declared } from '../meta/serverless-declaration.ts';

const root = path.resolve(import.meta.dirname, '../..');

const rules = (...names: string[]) =>
  parseRules(
    JSON.stringify({
      pools: { 'train-a': { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' } },
      schedules: names.map((name, index) => ({
        name,
        cron: `${index} 20  * * ? *`,
        timezone: 'Europe/Berlin',
        daysOfWeek: ['MON', 'FRI'],
        'update-node-pool': { pool: 'train-a', nodePool: 'np-1', resources: { count: 2 } },
      })),
    }),
    'rules.yml',
  );

test('each schedule is an entry of EventBridge Scheduler, in its own time zone, whose firings are tried again and never dropped', () => {
  const [resource] = Object.values(scheduleResources(rules('shrink-at-night')));
  expect(resource).toMatchObject({
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'shrink-at-night',
      GroupName: { Ref: 'ScheduleGroup' },
      ScheduleExpression: 'cron(0 20 ? * MON,FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['ScaleNodePoolsDeadLetterQueue', 'Arn'] } },
      },
    },
  });
});

test('names that differ in punctuation alone are entries of their own', () => {
  expect(Object.keys(scheduleResources(rules('a-b', 'a.b', 'a_b')))).toHaveLength(3);
});

test('what an entry refers to is declared in serverless.yml, or is the function itself', () => {
  const references = JSON.stringify(scheduleResources(rules('a'))).matchAll(
    /"(?:Ref":|Fn::GetAtt":\[)"([A-Za-z]+)"/g,
  );
  const names = [...new Set(Array.from(references, ([, name = '']) => name))];
  expect(names.filter((name) => !(name in declared))).toEqual(['ScaleDashnodeDashpoolsLambdaFunction']);
});

test('the local system fires it with its name and the time for which it was due', () => {
  const { schedules } = describeStack(rules('shrink-at-night'))({
    region: 'us-east-1',
    sqsEndpoint: 'http://127.0.0.1:1',
  });
  expect(schedules.filter(({ kind }) => kind === 'schedule')).toEqual([
    {
      arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/poolkeeper-local/shrink-at-night',
      kind: 'schedule',
      times: { cron: '0 20 ? * MON,FRI *', timezone: 'Europe/Berlin' },
      functionName: 'poolkeeper-local-scale-node-pools',
      input: '{"schedule":"shrink-at-night","scheduledAt":"<aws.scheduler.scheduled-time>"}',
    },
  ]);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a deployment gets them too, through the plugin', async () => {
  vi.stubEnv('POOLKEEPER_BUNDLED', '1');
  vi.stubEnv('POOLKEEPER_CONFIG', 'test/rules/every-key.yml');
  const service = {
    resources: { Resources: {} as Record<string, unknown> },
    custom: { secretArn: 'arn:${AWS::Partition}:ssm' },
  };
  const { hooks } = new BundleBeforePackaging({ serviceDir: root, service, classes: { Error } });
  await hooks['before:package:createDeploymentArtifacts']?.();
  expect(Object.values(service.resources.Resources)).toMatchObject([
    { Type: 'AWS::Scheduler::Schedule', Properties: { Name: 'shrink-at-night' } },
    { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'recipients' } },
    { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'accounts' } },
  ]);
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResolver } from '#local/cloud/intrinsics';
import { describeTemplate } from '#local/cloud/template';
import { fixtureTemplate, templateWith } from './fixture.ts';

const place = {
  region: 'eu-central-1',
  sqsEndpoint: 'http://127.0.0.1:4566',
  httpUrl: 'http://127.0.0.1:3000',
};

describe('a packaged template', () => {
  const description = describeTemplate(fixtureTemplate, place);

  it('gives functions with their references resolved and dynamic references as they are', () => {
    expect(description.functions.find(({ logicalId }) => logicalId === 'ProbeLambdaFunction')).toEqual({
      logicalId: 'ProbeLambdaFunction',
      name: 'poolkeeper-test-probe',
      arn: 'arn:aws:lambda:eu-central-1:000000000000:function:poolkeeper-test-probe',
      handler: 'test/local/handlers/probe.handler',
      timeoutSeconds: 10,
      memoryMb: 128,
      environment: {
        TABLE: 'poolkeeper-test-ledger',
        QUEUE_URL: 'http://127.0.0.1:4566/000000000000/poolkeeper-test-work',
        SECRET: '{{resolve:ssm:/poolkeeper/secret}}',
        SUBSTITUTED: 'eu-central-1/poolkeeper-test-work/${Literal}',
        OVERRIDDEN: 'by the template',
      },
    });
  });

  it('gives queues with their attributes as SQS takes them', () => {
    expect(description.queues.find(({ logicalId }) => logicalId === 'WorkQueue')).toEqual({
      logicalId: 'WorkQueue',
      name: 'poolkeeper-test-work',
      arn: 'arn:aws:sqs:eu-central-1:000000000000:poolkeeper-test-work',
      url: 'http://127.0.0.1:4566/000000000000/poolkeeper-test-work',
      visibilityTimeoutSeconds: 900,
      attributes: {
        VisibilityTimeout: '900',
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:poolkeeper-test-work-dead',
          maxReceiveCount: 2,
        }),
      },
    });
  });

  it('gives tables without what the stand-in refuses', () => {
    expect(Object.keys(description.tables[0]!.definition).toSorted()).toEqual([
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'KeySchema',
    ]);
  });

  it('gives event source mappings, routes and schedules', () => {
    expect(description.mappings).toContainEqual({
      logicalId: 'GatherMapping',
      functionName: 'poolkeeper-test-gather',
      queueName: 'GatherQueue',
      batchSize: 23,
      batchingWindowSeconds: 60,
      reportsBatchItemFailures: true,
    });
    expect(description.mappings).toContainEqual(
      expect.objectContaining({ maximumConcurrency: 2, batchSize: 10 }),
    );
    expect(description.routes).toContainEqual({
      routeKey: 'POST /alerts/{source}',
      functionName: 'poolkeeper-test-http',
      timeoutMs: 30_000,
    });
    expect(description.schedules).toEqual([
      expect.objectContaining({ kind: 'rule', expression: 'rate(5 minutes)', timeZone: 'UTC' }),
      expect.objectContaining({
        kind: 'schedule',
        expression: 'cron(0 20 * * ? *)',
        timeZone: 'Europe/Berlin',
      }),
    ]);
  });

  it('is carried out without noise about permissions, logs, alarms, versions and buckets', () => {
    expect(description.warnings).toEqual([]);
  });

  it('says what it asks for in vain', () => {
    const { warnings } = describeTemplate(
      templateWith({
        Stream: { Type: 'AWS::Kinesis::Stream', Properties: {} },
        OnEvent: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {},
            Targets: [{ Id: 'x', Arn: { 'Fn::GetAtt': ['WorkQueue', 'Arn'] } }],
          },
        },
        Guarded: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            RouteKey: 'GET /guarded',
            AuthorizationType: 'JWT',
            Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'HttpApiIntegrationHttp' }]] },
          },
        },
      }),
      place,
    );
    expect(warnings).toEqual([
      'Stream (AWS::Kinesis::Stream) is not carried out locally.',
      'OnEvent: there is no event bus locally: invoke the function with the event instead.',
      'OnEvent: the target arn:aws:sqs:eu-central-1:000000000000:poolkeeper-test-work is not a function: nothing is sent to it locally.',
      'Guarded: the JWT authorizer is not asked locally: anyone may call.',
    ]);
  });
});

const functionWith = (properties: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { ...fixtureTemplate.Resources.WorkerLambdaFunction.Properties, ...properties },
});
const mappingWith = (properties: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { ...fixtureTemplate.Resources.WorkMapping.Properties, ...properties },
});

describe('a mistake in a template is refused with its place', () => {
  it.each([
    [
      {
        WorkerLambdaFunction: functionWith({ Timeout: 31 }),
        WorkQueue: {
          ...fixtureTemplate.Resources.WorkQueue,
          Properties: { ...fixtureTemplate.Resources.WorkQueue.Properties, VisibilityTimeout: 30 },
        },
      },
      /^Resources\.WorkQueue\.Properties\.VisibilityTimeout: 30 s is less than the timeout of WorkerLambdaFunction, 31 s/,
    ],
    [
      { WorkerLambdaFunction: functionWith({ Timeout: 901 }) },
      'Resources.WorkerLambdaFunction.Properties.Timeout: 901 s is not within 1 to 900 s',
    ],
    [
      { WorkMapping: mappingWith({ BatchSize: 11 }) },
      'Resources.WorkMapping.Properties.MaximumBatchingWindowInSeconds: must be 1 or more for a BatchSize of 11 (over 10)',
    ],
    [
      { WorkMapping: mappingWith({ ScalingConfig: { MaximumConcurrency: 1 } }) },
      'Resources.WorkMapping.Properties.ScalingConfig.MaximumConcurrency: 1 is not within 2 to 1000',
    ],
    [
      { WorkMapping: mappingWith({ FunctionName: 'nobody' }) },
      'Resources.WorkMapping.Properties.FunctionName: is not a function of this template',
    ],
    [
      { WorkerLambdaFunction: functionWith({ Environment: { Variables: { QUEUE: { Ref: 'NoQueue' } } } }) },
      'Resources.WorkerLambdaFunction.Properties.Environment.Variables.QUEUE: refers to "NoQueue", which the template does not declare',
    ],
    [
      {
        WorkerLambdaFunction: functionWith({
          Environment: { Variables: { KEY: { 'Fn::GetAtt': 'WorkQueue.Key' } } },
        }),
      },
      'Resources.WorkerLambdaFunction.Properties.Environment.Variables.KEY: the attribute "Key" of "WorkQueue" is not known here',
    ],
    [
      { WorkerLambdaFunction: functionWith({ Handler: { 'Fn::ImportValue': 'x' } }) },
      /^Resources\.WorkerLambdaFunction\.Properties\.Handler: Fn::ImportValue is not supported here/,
    ],
    [
      { WorkerLambdaFunction: functionWith({ Handler: undefined }) },
      /^Resources\.WorkerLambdaFunction\.Properties\.Handler: /,
    ],
  ])('%#', (resources, message) => {
    expect(() => describeTemplate(templateWith(resources), place)).toThrow(message);
  });
});

describe('intrinsic functions', () => {
  const resolve = createResolver(
    (logicalId) => (logicalId === 'A' ? { ref: 'a', attributes: { 'B.C': 'abc' } } : undefined),
    {
      'AWS::Region': 'here',
    },
  );

  it.each([
    [{ 'Fn::Sub': ['${A}-${B}', { B: { Ref: 'AWS::Region' } }] }, 'a-here'],
    [{ 'Fn::Sub': '${A.B.C}' }, 'abc'],
    [{ 'Fn::GetAtt': ['A', 'B.C'] }, 'abc'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'x/y/z'] }] }, 'y'],
    [{ keep: 1, drop: { Ref: 'AWS::NoValue' } }, { keep: 1 }],
    [[{ Ref: 'A' }, { Ref: 'AWS::NoValue' }], ['a']],
    [
      { Ref: 'A', other: true },
      { Ref: 'A', other: true },
    ],
  ])('%j', (value, expected) => {
    expect(resolve(value, 'here')).toEqual(expected);
  });

  it('leaves every value without functions as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!/"(Ref|Fn::)/.test(JSON.stringify(value)));
        expect(resolve(value, 'here')).toEqual(value);
      }),
    );
  });

  it('splits what it joined', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\w+$/), { minLength: 1 }), (parts) => {
        expect(resolve({ 'Fn::Split': ['/', { 'Fn::Join': ['/', parts] }] }, 'here')).toEqual(parts);
      }),
    );
  });
});

import type { Template } from '#local/template/template';

type Open<Value> = Value extends object ? { [Key in keyof Value]: any } : Value;

const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const alarm = (part: object) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [{ Ref: 'Alarms' }],
    ...part,
  },
});

/** A small template without a mistake, with a resource of each kind that the checks know. Each call makes a new one. */
export function soundTemplate(): Open<Template> & { Resources: Record<string, any> } {
  return {
    Conditions: { HasMail: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      Dead: {
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName: 'work-dlq', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
      },
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'work',
          SqsManagedSseEnabled: true,
          VisibilityTimeout: 360,
          RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 5 },
        },
      },
      Log: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/worker', RetentionInDays: 90 },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [
            {
              PolicyName: 'own',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  { Effect: 'Allow', Action: ['sqs:ReceiveMessage'], Resource: arn('Work') },
                  {
                    Effect: 'Allow',
                    Action: 'dynamodb:Query',
                    Resource: { 'Fn::Sub': '${Table.Arn}/index/by-time' },
                  },
                ],
              },
            },
          ],
        },
      },
      Worker: {
        Type: 'AWS::Lambda::Function',
        DependsOn: ['Log'],
        Properties: {
          FunctionName: 'worker',
          Runtime: 'nodejs24.x',
          Handler: 'dist/worker.handler',
          Code: { S3Bucket: 'archives', S3Key: 'worker.zip' },
          Role: arn('Role'),
          Timeout: 60,
          MemorySize: 512,
          Environment: { Variables: { QUEUE_URL: { Ref: 'Work' }, TABLE: { Ref: 'Table' } } },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: arn('Work'),
          FunctionName: arn('Worker'),
          BatchSize: 100,
          MaximumBatchingWindowInSeconds: 2,
          ScalingConfig: { MaximumConcurrency: 2 },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'ledger',
          SSESpecification: { SSEEnabled: true },
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'time', AttributeType: 'S' },
          ],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'by-time',
              KeySchema: [{ AttributeName: 'time', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        },
      },
      Tick: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'tick',
          ScheduleExpression: 'rate(5 minutes)',
          State: 'ENABLED',
          Targets: [{ Id: 'worker', Arn: arn('Worker') }],
        },
      },
      Night: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: 'night',
          ScheduleExpression: 'cron(0 20 ? * MON-FRI *)',
          ScheduleExpressionTimezone: 'Europe/Berlin',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: arn('Worker'), RoleArn: arn('Role') },
        },
      },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'Api' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: arn('Worker'),
          PayloadFormatVersion: '2.0',
          TimeoutInMillis: 30_000,
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey: 'POST /alerts/{source}',
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        },
      },
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] } },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          ApiId: { Ref: 'Api' },
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
          AccessLogSettings: {
            DestinationArn: arn('Log'),
            Format: '{ "status": $context.status, "route": "$context.routeKey" }',
          },
        },
      },
      Alarms: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: 'alarms', KmsMasterKeyId: { Ref: 'Key' } },
      },
      Mail: {
        Type: 'AWS::SNS::Subscription',
        Condition: 'HasMail',
        Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'email', Endpoint: 'ops@example.com' },
      },
      DeadAlarm: alarm({
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } }],
      }),
    },
    Outputs: { WorkUrl: { Value: { Ref: 'Work' } } },
  };
}

import { describe, expect, test } from 'vitest';
import { checkTemplate } from '#local/template/check-template';
import { soundTemplate } from './sound-template.ts';

type Resources = Record<string, any>;

/** The findings about a sound template with one mistake. */
async function findingsAfter(mistake: (resources: Resources, template: any) => void): Promise<string[]> {
  const template: any = soundTemplate();
  mistake(template.Resources, template);
  return checkTemplate(template);
}

test('a template without a mistake has no finding', async () => {
  expect(await checkTemplate(soundTemplate())).toEqual([]);
});

/** The broken part, and the sentence about it. */
type Mistake = [what: string, mistake: (resources: Resources, template: any) => void, sentence: string];

const statement = (resources: Resources) =>
  resources['Role'].Properties.Policies[0].PolicyDocument.Statement[0];

const ofSchemas: Mistake[] = [
  [
    'a misspelt property',
    ({ Work }) => {
      Work.Properties.VisibilityTimeOut = 360;
    },
    'Work (AWS::SQS::Queue): VisibilityTimeOut is no property of this type; did you mean VisibilityTimeout?',
  ],
  [
    'a misspelt property within another',
    ({ Mapping }) => {
      Mapping.Properties.ScalingConfig = { MaxConcurrency: 2 };
    },
    'Mapping (AWS::Lambda::EventSourceMapping): ScalingConfig.MaxConcurrency is no property of this type; did you mean MaximumConcurrency?',
  ],
  [
    'a misspelt property in a list',
    ({ Table }) => {
      Table.Properties.GlobalSecondaryIndexes[0].Projektion = {};
    },
    'Table (AWS::DynamoDB::Table): GlobalSecondaryIndexes[0].Projektion is no property of this type; did you mean Projection?',
  ],
  [
    'a property in one branch of a condition',
    ({ Worker }) => {
      Worker.Properties.TracingConfig = { 'Fn::If': ['HasMail', { Mod: 'Active' }, { Ref: 'AWS::NoValue' }] };
    },
    'Worker (AWS::Lambda::Function): TracingConfig.Mod is no property of this type; did you mean Mode?',
  ],
  [
    'a text for a number',
    ({ Worker }) => {
      Worker.Properties.Timeout = '60';
    },
    'Worker (AWS::Lambda::Function): Timeout must be a whole number, and is "60"',
  ],
  [
    'an object for a list',
    ({ Tick }) => {
      Tick.Properties.Targets = { Id: 'worker' };
    },
    'Tick (AWS::Events::Rule): Targets must be a list, and is {"Id":"worker"}',
  ],
  [
    'a text for true',
    ({ Work }) => {
      Work.Properties.SqsManagedSseEnabled = 'yes';
    },
    'Work (AWS::SQS::Queue): SqsManagedSseEnabled must be true or false, and is "yes"',
  ],
  [
    'a missing property',
    ({ Worker }) => {
      delete Worker.Properties.Role;
    },
    'Worker (AWS::Lambda::Function): Role is required',
  ],
  [
    'a missing property in a list',
    ({ Table }) => {
      delete Table.Properties.AttributeDefinitions[1].AttributeType;
    },
    'Table (AWS::DynamoDB::Table): AttributeDefinitions[1].AttributeType is required',
  ],
  [
    'a required property that a condition may leave out',
    ({ Worker }) => {
      Worker.Properties.Role = { Ref: 'AWS::NoValue' };
    },
    'Worker (AWS::Lambda::Function): Role is required',
  ],
  [
    'a resource type that AWS does not have',
    ({ Work }) => {
      Work.Type = 'AWS::SQS::Cue';
    },
    'Work (AWS::SQS::Cue): Type is no resource type of AWS',
  ],
  [
    'a retention that CloudWatch does not have',
    ({ Log }) => {
      Log.Properties.RetentionInDays = 100;
    },
    'Log (AWS::Logs::LogGroup): RetentionInDays must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120,',
  ],
  [
    'a value outside of a list',
    ({ Night }) => {
      Night.Properties.FlexibleTimeWindow.Mode = 'ON';
    },
    'Night (AWS::Scheduler::Schedule): FlexibleTimeWindow.Mode must be one of OFF, FLEXIBLE, and is "ON"',
  ],
];

const ofLimits: Mistake[] = [
  [
    'a number that is too large',
    ({ Work }) => {
      Work.Properties.VisibilityTimeout = 43_201;
    },
    'Work (AWS::SQS::Queue): VisibilityTimeout is 43201, but may be 0 to 43200',
  ],
  [
    'a text that is too long',
    ({ Worker }) => {
      Worker.Properties.Description = 'x'.repeat(257);
    },
    'Worker (AWS::Lambda::Function): Description has 257 characters, but may have 0 to 256',
  ],
  [
    'a name with another character',
    ({ Work }) => {
      Work.Properties.QueueName = { 'Fn::Sub': 'work.${AWS::Region}' };
    },
    'Work (AWS::SQS::Queue): QueueName "work.ap-southeast-1" does not match ^[A-Za-z0-9_-]{1,80}$',
  ],
  [
    'a name that is too long in some region',
    ({ Worker }) => {
      Worker.Properties.FunctionName = { 'Fn::Join': ['-', ['x'.repeat(50), { Ref: 'AWS::Region' }]] };
    },
    'Worker (AWS::Lambda::Function): FunctionName "xxx',
  ],
  [
    'a name of a schedule',
    ({ Night }) => {
      Night.Properties.Name = 'every night';
    },
    'Night (AWS::Scheduler::Schedule): Name "every night" does not match ^[0-9a-zA-Z-_.]+$',
  ],
  [
    'too many items',
    ({ DeadAlarm }) => {
      DeadAlarm.Properties.Dimensions = Array.from({ length: 31 }, () => ({ Name: 'a', Value: 'b' }));
    },
    'DeadAlarm (AWS::CloudWatch::Alarm): Dimensions has 31 items, but may have 0 to 30',
  ],
  [
    'a value that only the service lists',
    ({ DeadAlarm }) => {
      DeadAlarm.Properties.ComparisonOperator = 'GreaterThan';
    },
    'DeadAlarm (AWS::CloudWatch::Alarm): ComparisonOperator is "GreaterThan", but must be one of',
  ],
  [
    'more time than an API waits',
    ({ Integration }) => {
      Integration.Properties.TimeoutInMillis = 31_000;
    },
    'Integration (AWS::ApiGatewayV2::Integration): TimeoutInMillis is 31000, but may be 50 to 30000',
  ],
  [
    'a type without known limits',
    (resources) => {
      resources['Bus'] = { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } };
    },
    'Bus (AWS::Events::EventBus): Type is not in local/template/limits.json',
  ],
];

const ofReferences: Mistake[] = [
  [
    'a Ref to nothing',
    ({ Worker }) => {
      Worker.Properties.Environment.Variables.QUEUE_URL = { Ref: 'Wrok' };
    },
    'Worker (AWS::Lambda::Function): Environment.Variables.QUEUE_URL refers to Wrok, which is not in the template',
  ],
  [
    'a GetAtt of nothing',
    ({ Worker }) => {
      Worker.Properties.Role = { 'Fn::GetAtt': ['Rolle', 'Arn'] };
    },
    'Worker (AWS::Lambda::Function): Role refers to Rolle, which is not in the template',
  ],
  [
    'an attribute that the resource does not have',
    ({ Worker }) => {
      Worker.Properties.Role = { 'Fn::GetAtt': ['Role', 'RoleArn'] };
    },
    'Worker (AWS::Lambda::Function): Role refers to the attribute RoleArn of Role, which AWS::IAM::Role does not have',
  ],
  [
    'a text with a name that is nothing',
    (resources) => {
      statement(resources).Resource = { 'Fn::Sub': '${Tabel.Arn}/index/a' };
    },
    'Role (AWS::IAM::Role): Policies[0].PolicyDocument.Statement[0].Resource refers to Tabel, which is not in the template',
  ],
  [
    'a DependsOn on nothing',
    ({ Worker }) => {
      Worker.DependsOn = 'Logg';
    },
    'Worker (AWS::Lambda::Function): DependsOn refers to Logg, which is not in the template',
  ],
  [
    'an output of nothing',
    (_, template) => {
      template.Outputs.WorkUrl.Value = { Ref: 'Wrok' };
    },
    'output WorkUrl: Value refers to Wrok, which is not in the template',
  ],
  [
    'a condition that is not declared',
    ({ Mail }) => {
      Mail.Condition = 'HasMails';
    },
    'Mail (AWS::SNS::Subscription): has the condition HasMails, which is not in the template',
  ],
  [
    'a resource that may be absent',
    ({ Worker }) => {
      Worker.Properties.Environment.Variables.MAIL = { Ref: 'Mail' };
    },
    'Worker (AWS::Lambda::Function): Environment.Variables.MAIL refers to Mail, which is absent unless HasMail holds',
  ],
  [
    'a circle',
    ({ Log, Role }) => {
      Log.DependsOn = 'Worker';
      Role.DependsOn = 'Log';
    },
    'Log → Worker → Log: these resources depend on each other in a circle',
  ],
  [
    'a resource that depends on itself',
    ({ Work }) => {
      Work.Properties.RedrivePolicy.deadLetterTargetArn = { 'Fn::GetAtt': ['Work', 'Arn'] };
    },
    'Work → Work: these resources depend on each other in a circle',
  ],
];

const ofServices: Mistake[] = [
  [
    'a message that is visible again during a run',
    ({ Work }) => {
      Work.Properties.VisibilityTimeout = 59;
    },
    'Work (AWS::SQS::Queue): VisibilityTimeout is 59 s, but Worker may run for 60 s: Lambda refuses the mapping Mapping',
  ],
  [
    'no visibility timeout',
    ({ Work }) => {
      delete Work.Properties.VisibilityTimeout;
    },
    'Work (AWS::SQS::Queue): VisibilityTimeout is 30 s, but Worker may run for 60 s: Lambda refuses the mapping Mapping',
  ],
  [
    'a short visibility timeout',
    ({ Work }) => {
      Work.Properties.VisibilityTimeout = 359;
    },
    'Work (AWS::SQS::Queue): VisibilityTimeout is 359 s, but Worker may run for 60 s: AWS advises 6 times that',
  ],
  [
    'a large batch without a window',
    ({ Mapping }) => {
      delete Mapping.Properties.MaximumBatchingWindowInSeconds;
    },
    'Mapping (AWS::Lambda::EventSourceMapping): BatchSize is 100, so MaximumBatchingWindowInSeconds must be 1 or more',
  ],
  [
    'dead letters in a table',
    ({ Work }) => {
      Work.Properties.RedrivePolicy.deadLetterTargetArn = { 'Fn::GetAtt': ['Table', 'Arn'] };
    },
    'Work (AWS::SQS::Queue): RedrivePolicy.deadLetterTargetArn refers to Table, which is no queue',
  ],
  [
    'no limit of deliveries',
    ({ Work }) => {
      delete Work.Properties.RedrivePolicy.maxReceiveCount;
    },
    'Work (AWS::SQS::Queue): RedrivePolicy.maxReceiveCount must be a whole number from 1 to 1000',
  ],
  [
    'too large an environment',
    ({ Worker }) => {
      for (let index = 0; index < 60; index += 1)
        Worker.Properties.Environment.Variables[`QUEUE_${index}`] = { Ref: 'Work' };
    },
    'Worker (AWS::Lambda::Function): Environment.Variables has 4',
  ],
  [
    'a variable of Lambda',
    ({ Worker }) => {
      Worker.Properties.Environment.Variables.AWS_REGION = 'eu-central-1';
    },
    'Worker (AWS::Lambda::Function): Environment.Variables.AWS_REGION is no name that Lambda takes',
  ],
  [
    'too large a policy',
    (resources) => {
      statement(resources).Resource = Array.from({ length: 250 }, () => ({ 'Fn::GetAtt': ['Work', 'Arn'] }));
    },
    'Role (AWS::IAM::Role): Policies have 1',
  ],
  [
    'policies that are too large together',
    (resources) => {
      for (const name of ['A', 'B', 'C'])
        resources[name] = {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyName: name,
            Roles: [{ Ref: 'Role' }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'sns:Publish', Resource: [`arn:aws:sns:a:1:${'x'.repeat(4000)}`] },
              ],
            },
          },
        };
    },
    'Role (AWS::IAM::Role): Policies have 12',
  ],
  [
    'an action without its service',
    (resources) => {
      statement(resources).Action = 'ReceiveMessage';
    },
    'Role (AWS::IAM::Role): Policies[0].PolicyDocument.Statement[0].Action "ReceiveMessage" is not of the form service:Action',
  ],
  [
    'a misspelt element of a statement',
    (resources) => {
      statement(resources).Conditions = {};
    },
    'Role (AWS::IAM::Role): Policies[0].PolicyDocument.Statement[0].Conditions is no element of a statement',
  ],
  [
    'a statement about no resource',
    (resources) => {
      delete statement(resources).Resource;
    },
    'Role (AWS::IAM::Role): Policies[0].PolicyDocument.Statement[0].Resource is required',
  ],
  [
    'a resource that is no ARN',
    (resources) => {
      statement(resources).Resource = 'work';
    },
    'Role (AWS::IAM::Role): Policies[0].PolicyDocument.Statement[0].Resource "work" is no ARN',
  ],
  [
    'one minutes',
    ({ Tick }) => {
      Tick.Properties.ScheduleExpression = 'rate(1 minutes)';
    },
    'Tick (AWS::Events::Rule): ScheduleExpression "rate(1 minutes)" must have a number above 0, and a unit in the singular for 1 alone',
  ],
  [
    'a cron expression of five fields',
    ({ Tick }) => {
      Tick.Properties.ScheduleExpression = 'cron(0 20 * * *)';
    },
    'Tick (AWS::Events::Rule): ScheduleExpression "cron(0 20 * * *)" is no rate, cron or time of EventBridge',
  ],
  [
    'a cron expression without a ?',
    ({ Night }) => {
      Night.Properties.ScheduleExpression = 'cron(0 20 * * MON *)';
    },
    'Night (AWS::Scheduler::Schedule): ScheduleExpression "cron(0 20 * * MON *)" must have a ? either as the day of the month or as the day of the week',
  ],
  [
    'an unknown time zone',
    ({ Night }) => {
      Night.Properties.ScheduleExpressionTimezone = 'Europe/Berln';
    },
    'Night (AWS::Scheduler::Schedule): ScheduleExpressionTimezone "Europe/Berln" is no time zone',
  ],
  [
    'a route without a path',
    ({ Route }) => {
      Route.Properties.RouteKey = 'POST alerts';
    },
    'Route (AWS::ApiGatewayV2::Route): RouteKey "POST alerts" is no method and path',
  ],
  [
    'a route twice',
    (resources) => {
      resources['Again'] = structuredClone(resources['Route']);
    },
    'Again (AWS::ApiGatewayV2::Route): RouteKey "POST /alerts/{source}" is that of Route, too',
  ],
  [
    'a name twice',
    ({ Dead }) => {
      Dead.Properties.QueueName = 'work';
    },
    'Work (AWS::SQS::Queue): QueueName "work" is that of Dead, too',
  ],
  [
    'an attribute without a key',
    ({ Table }) => {
      Table.Properties.GlobalSecondaryIndexes = [];
    },
    'Table (AWS::DynamoDB::Table): AttributeDefinitions has time, which is in no key',
  ],
  [
    'a key without an attribute',
    ({ Table }) => {
      Table.Properties.KeySchema.push({ AttributeName: 'sk', KeyType: 'RANGE' });
    },
    'Table (AWS::DynamoDB::Table): AttributeDefinitions lacks sk, which is in a key',
  ],
  [
    'a logical id with a hyphen',
    (resources) => {
      resources['Alarms-2'] = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms-2' } };
    },
    'Alarms-2: a logical id has only letters and digits, 255 at most',
  ],
  [
    'too many resources',
    (resources) => {
      for (let index = 0; index < 500; index += 1) resources[`Topic${index}`] = { Type: 'AWS::SNS::Topic' };
    },
    'the template has 5',
  ],
];

const ofProtection: Mistake[] = [
  [
    'a queue in the clear',
    ({ Work }) => {
      Work.Properties.SqsManagedSseEnabled = false;
    },
    'Work (AWS::SQS::Queue): SqsManagedSseEnabled must be true: it is not encrypted',
  ],
  [
    'a topic in the clear',
    ({ Alarms }) => {
      delete Alarms.Properties.KmsMasterKeyId;
    },
    'Alarms (AWS::SNS::Topic): KmsMasterKeyId is required: the topic is not encrypted',
  ],
  [
    'a topic with a key that CloudWatch may not use',
    ({ Alarms }) => {
      Alarms.Properties.KmsMasterKeyId = 'alias/aws/sns';
    },
    'Alarms (AWS::SNS::Topic): KmsMasterKeyId is the key of AWS, which CloudWatch may not use',
  ],
  [
    'a table with the key of DynamoDB',
    ({ Table }) => {
      delete Table.Properties.SSESpecification;
    },
    'Table (AWS::DynamoDB::Table): SSESpecification.SSEEnabled must be true',
  ],
  [
    'an API without a limit',
    ({ Stage }) => {
      delete Stage.Properties.DefaultRouteSettings.ThrottlingRateLimit;
    },
    'Stage (AWS::ApiGatewayV2::Stage): DefaultRouteSettings.ThrottlingRateLimit is required: the API is not throttled',
  ],
  [
    'an API without an access log',
    ({ Stage }) => {
      delete Stage.Properties.AccessLogSettings;
    },
    'Stage (AWS::ApiGatewayV2::Stage): AccessLogSettings.DestinationArn is required',
  ],
  [
    'a path in the access log',
    ({ Stage }) => {
      Stage.Properties.AccessLogSettings.Format = '{ "path": "$context.path" }';
    },
    'Stage (AWS::ApiGatewayV2::Stage): AccessLogSettings.Format has $context.path, which may hold a secret',
  ],
  [
    'a claim in the access log',
    ({ Stage }) => {
      Stage.Properties.AccessLogSettings.Format = '{ "who": "$context.authorizer.claims.email" }';
    },
    'Stage (AWS::ApiGatewayV2::Stage): AccessLogSettings.Format has $context.authorizer.claims.email, which may hold a secret',
  ],
];

describe.each([
  ['against the published schemas', ofSchemas],
  ['against limits', ofLimits],
  ['for references', ofReferences],
  ['for refusals of the services', ofServices],
  ['for the protection that Poolkeeper promises', ofProtection],
])('a template is checked %s', (_, mistakes) => {
  test.each(mistakes)('%s is one sentence', async (__, mistake, sentence) => {
    const found = await findingsAfter(mistake);
    expect(found.filter((one) => one.startsWith(sentence))).toHaveLength(1);
  });
});

import * as z from 'zod';
import { TemplateError } from './template-error.ts';

/** CloudFormation takes numbers as numbers and as text. */
const number = z.coerce.number();

export const FunctionProperties = z.object({
  Handler: z.string(),
  Timeout: number.default(3),
  MemorySize: number.default(128),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  ReservedConcurrentExecutions: number.optional(),
});

export const QueueProperties = z.object({
  VisibilityTimeout: number.default(30),
  DelaySeconds: number.optional(),
  MaximumMessageSize: number.optional(),
  MessageRetentionPeriod: number.optional(),
  ReceiveMessageWaitTimeSeconds: number.optional(),
  ContentBasedDeduplication: z.coerce.string().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: number }).optional(),
});

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const Indexes = z.array(
  z.object({
    IndexName: z.string(),
    KeySchema,
    Projection: z
      .object({
        ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).exactOptional(),
        NonKeyAttributes: z.array(z.string()).exactOptional(),
      })
      .default({ ProjectionType: 'ALL' }),
  }),
);

/** Leaves out what dynalite refuses or ignores: expiry, backups, encryption, streams, tags, throughput. */
export const TableProperties = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema,
  GlobalSecondaryIndexes: Indexes.exactOptional(),
  LocalSecondaryIndexes: Indexes.exactOptional(),
});

export const MappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: number.default(10),
  MaximumBatchingWindowInSeconds: number.default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: number.optional() }).default({}),
  FilterCriteria: z.unknown().optional(),
  Enabled: z.stringbool().or(z.boolean()).default(true),
});

export const ApiProperties = z.object({ CorsConfiguration: z.unknown().optional() });

export const RouteProperties = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.string().default('NONE'),
});

export const IntegrationProperties = z.object({
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.coerce.string().default('1.0'),
  TimeoutInMillis: number.default(30_000),
});

export const RuleProperties = z.object({
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.object({
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.unknown().optional(),
        InputTransformer: z.unknown().optional(),
      }),
    )
    .default([]),
});

export const ScheduleProperties = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.string().default('ENABLED'),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

/** Reads resolved properties; a {@link TemplateError} names the first property that is not as it must be. */
export function readProperties<Schema extends z.ZodType>(
  schema: Schema,
  properties: unknown,
  path: string,
): z.output<Schema> {
  const read = schema.safeParse(properties);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new TemplateError([path, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is not valid');
}

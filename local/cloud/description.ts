import type { Schedule } from '#lib/rules/rules';
import type { CloudLocation } from './account.ts';
import type { Role } from './iam/statement.ts';

/** A stack with every reference resolved. The stand-ins need nothing else. */
export interface CloudDescription {
  readonly functions: readonly FunctionDescription[];
  readonly queues: readonly QueueDescription[];
  readonly tables: readonly TableDescription[];
  readonly mappings: readonly MappingDescription[];
  readonly routes: readonly RouteDescription[];
  readonly schedules: readonly ScheduleDescription[];
}

export interface FunctionDescription {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** `path/of/module.export`, relative to the checkout. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Its rights at the stand-ins. */
  readonly role: Role;
  /** The ARN of the queue for events of other services that all its tries have failed over. No event of this machine goes there. */
  readonly failuresTo?: string;
}

export interface QueueDescription {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** Attributes in the form of SQS's SetQueueAttributes. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TableDescription {
  readonly logicalId: string;
  readonly name: string;
  readonly definition: TableDefinition;
  /** The attribute with the end of an item, in epoch seconds. DynamoDB removes the item some time later. @default items stay */
  readonly expiry?: string;
}

/** The part of a table's properties that DynamoDB's CreateTable needs. */
export interface TableDefinition {
  readonly AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  readonly KeySchema: KeyElement[];
  readonly GlobalSecondaryIndexes?: IndexDefinition[];
  readonly LocalSecondaryIndexes?: IndexDefinition[];
}

interface KeyElement {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

interface IndexDefinition {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: { ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
}

export interface MappingDescription {
  readonly functionName: string;
  readonly queueName: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly maximumConcurrency?: number;
  readonly reportsBatchItemFailures: boolean;
}

export interface RouteDescription {
  /** `POST /alerts/{source}`, `ANY /things`, `$default`. */
  readonly routeKey: string;
  readonly functionName: string;
  readonly timeoutMs: number;
}

export interface ScheduleDescription {
  readonly arn: string;
  /** EventBridge rules and EventBridge Scheduler send different events. */
  readonly kind: 'rule' | 'schedule';
  readonly times: Times;
  readonly functionName: string;
  /** JSON text that replaces the service's own event. */
  readonly input?: string;
}

/** The firing times of a schedule: a rate of EventBridge, which counts from the start, or a cron expression in a time zone. */
export type Times = { readonly everyMinutes: number } | Pick<Schedule, 'cron' | 'timezone'>;

/** Describes a stack at the address of its stand-ins. */
export type Describe = (location: CloudLocation) => CloudDescription;

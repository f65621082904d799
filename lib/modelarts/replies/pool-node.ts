import * as z from 'zod';
import { listOf, section, TextMap, TolerantText } from './tolerant.ts';

/** A node of a pool (docs/modelarts-api.md 2.2). Its resource tags cannot be read. */
export type PoolNode = {
  readonly name: string;
  /** `Available`, `Creating`, `Deleting`, `Abnormal`, `Checking`, or a word unknown so far; empty where not given. */
  readonly phase: string;
  readonly privateIp?: string | undefined;
  /** Of the accelerator's driver: `Running`, `Abnormal`, `Pending` or `Updating`. */
  readonly driverPhase?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly flavor?: string | undefined;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string | undefined;
    readonly effect?: string | undefined;
  }[];
  /** As the API writes it. */
  readonly createdAt?: string | undefined;
};

const Taint = z
  .looseObject({ key: z.string(), value: TolerantText, effect: TolerantText })
  .transform(({ key, value, effect }) => ({ key, value, effect }));

export const PoolNode = z
  .looseObject({
    metadata: z.looseObject({
      name: z.string().min(1),
      creationTimestamp: TolerantText,
      labels: TextMap,
      annotations: TextMap,
    }),
    spec: section({ flavor: TolerantText }),
    status: section({
      phase: TolerantText,
      privateIp: TolerantText,
      driver: section({ phase: TolerantText }),
      taints: listOf(Taint),
    }),
  })
  .transform(
    ({ metadata, spec, status }): PoolNode => ({
      name: metadata.name,
      phase: status.phase ?? '',
      privateIp: status.privateIp,
      driverPhase: status.driver.phase,
      labels: metadata.labels,
      annotations: metadata.annotations,
      flavor: spec.flavor,
      taints: status.taints,
      createdAt: metadata.creationTimestamp,
    }),
  );

/** One page of a node list. */
export type PoolNodePage = {
  readonly nodes: readonly PoolNode[];
  /** To be passed as `continue` for the next page; absent on the last. */
  readonly continueToken?: string | undefined;
};

export const PoolNodePage = z
  .looseObject({ metadata: section({ continue: TolerantText }), items: listOf(PoolNode) })
  .transform(({ metadata, items }): PoolNodePage => ({ nodes: items, continueToken: metadata.continue }));

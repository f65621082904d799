import { isIP } from 'node:net';
import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { itemsOf, type Unreadable } from './listing.ts';
import { EntryName, section, TextMap, TolerantNumber, TolerantText } from './tolerant.ts';

/** The fields of a node that may be odd without making the node unreadable. */
export type NodeField =
  | 'phase'
  | 'privateIp'
  | 'driverPhase'
  | 'labels'
  | 'annotations'
  | 'flavor'
  | 'subnet'
  | 'taints'
  | 'createdAt';

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
  /** Of its network: `spec.hostNetwork.subnet`. */
  readonly subnet?: string | undefined;
  readonly taints: readonly {
    readonly key: string;
    readonly value?: string | undefined;
    readonly effect?: string | undefined;
  }[];
  /** As the API writes it. */
  readonly createdAt?: string | undefined;
  /**
   * Fields of which nothing is known, though the API says something: it cannot be read, or two entries of the list contradict
   * each other. Their values above are those of a field that is not given. Absent: none.
   */
  readonly unreadable?: readonly NodeField[] | undefined;
};

const Taints = z.array(
  z
    .looseObject({ key: z.string(), value: TolerantText, effect: TolerantText })
    .transform(({ key, value, effect }) => ({ key, value, effect })),
);
const Text = z.string().min(1);
const Address = Text.refine((text) => isIP(text) !== 0);
const Time = Text.refine((text) => !Number.isNaN(Date.parse(text)));

export const PoolNode = z
  .looseObject({ metadata: z.looseObject({ name: EntryName }) })
  .transform((entry): PoolNode => {
    const { read, unreadable } = createFieldReader<NodeField>(entry);
    const node = {
      name: entry.metadata.name,
      phase: read('phase', ['status', 'phase'], Text) ?? '',
      privateIp: read('privateIp', ['status', 'privateIp'], Address),
      driverPhase: read('driverPhase', ['status', 'driver', 'phase'], Text),
      labels: read('labels', ['metadata', 'labels'], TextMap) ?? {},
      annotations: read('annotations', ['metadata', 'annotations'], TextMap) ?? {},
      flavor: read('flavor', ['spec', 'flavor'], Text),
      subnet: read('subnet', ['spec', 'hostNetwork', 'subnet'], Text),
      taints: read('taints', ['status', 'taints'], Taints) ?? [],
      createdAt: read('createdAt', ['metadata', 'creationTimestamp'], Time),
    };
    return unreadable.length > 0 ? { ...node, unreadable } : node;
  });

/** Whether a node's field is there and says nothing that can be relied on. */
export function isUnreadable({ unreadable = [] }: Pick<PoolNode, 'unreadable'>, field: NodeField): boolean {
  return unreadable.includes(field);
}

/** One page of a node list. */
export type PoolNodePage = {
  readonly nodes: readonly PoolNode[];
  /** Entries that cannot be read. Absent: none. */
  readonly unreadable?: readonly Unreadable[];
  /** To be passed as `continue` for the next page; absent on the last. */
  readonly continueToken?: string | undefined;
  /** How many nodes are left after this page, where the API says so. */
  readonly remaining?: number | undefined;
};

export const PoolNodePage = z
  .looseObject({
    metadata: section({ continue: z.string().nullish(), remainingItemCount: TolerantNumber }),
    items: itemsOf(PoolNode),
  })
  .transform(
    ({ metadata, items }): PoolNodePage => ({
      nodes: items.items,
      unreadable: items.unreadable,
      continueToken: metadata.continue || undefined,
      remaining: metadata.remainingItemCount,
    }),
  );

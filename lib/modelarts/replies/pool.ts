import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { NodeCounts, noNodeCounts } from './node-counts.ts';
import { Count, EntryName, listOf, TextMap } from './tolerant.ts';

/** The fields of a pool that may be odd without making the pool unreadable. */
export type PoolField =
  | 'displayName'
  | 'type'
  | 'phase'
  | 'message'
  | 'controlMode'
  | 'clusters'
  | 'nodeCounts'
  | 'labels'
  | 'annotations';

/** A resource pool (docs/modelarts-api.md 3.2). */
export type Pool = {
  /** The pool's id: `metadata.name`, as it stands in every URI. */
  readonly name: string;
  /** What people call it: label `os.modelarts/name`. */
  readonly displayName?: string | undefined;
  /** `Dedicate` or `Logical`. */
  readonly type?: string | undefined;
  /** `Creating`, `Running`, `Abnormal`, `Deleting`, `Error`, or a word unknown so far; empty where not given. */
  readonly phase: string;
  readonly message?: string | undefined;
  /** Flags, added up: 0 is free; anything else forbids some change (docs/modelarts-api.md 3.2). */
  readonly controlMode?: number | undefined;
  /** Names of its clusters. */
  readonly clusters: readonly string[];
  readonly nodeCounts: NodeCounts;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Fields of which nothing is known, though the API says something that cannot be read. Absent: none. */
  readonly unreadable?: readonly PoolField[] | undefined;
};

const Cluster = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);
const Text = z.string().min(1);

export const Pool = z
  .looseObject({ metadata: z.looseObject({ name: EntryName }) })
  .transform((entry): Pool => {
    const { read, unreadable } = createFieldReader<PoolField>(entry);
    const labels = read('labels', ['metadata', 'labels'], TextMap) ?? {};
    const pool = {
      name: entry.metadata.name,
      displayName: labels['os.modelarts/name'],
      type: read('type', ['spec', 'type'], Text),
      phase: read('phase', ['status', 'phase'], Text) ?? '',
      message: read('message', ['status', 'message'], Text),
      controlMode: read('controlMode', ['spec', 'controlMode'], Count),
      clusters: read('clusters', ['status', 'clusters'], listOf(Cluster)) ?? [],
      nodeCounts: read('nodeCounts', ['status', 'resources'], NodeCounts) ?? noNodeCounts,
      labels,
      annotations: read('annotations', ['metadata', 'annotations'], TextMap) ?? {},
    };
    return unreadable.length > 0 ? { ...pool, unreadable } : pool;
  });

import * as z from 'zod';
import { NodeCounts } from './node-counts.ts';
import { listOf, section, TextMap, TolerantNumber, TolerantText } from './tolerant.ts';

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
};

const Cluster = z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]);

export const Pool = z
  .looseObject({
    metadata: z.looseObject({ name: z.string().min(1), labels: TextMap, annotations: TextMap }),
    spec: section({ type: TolerantText, controlMode: TolerantNumber }),
    status: section({
      phase: TolerantText,
      message: TolerantText,
      clusters: listOf(Cluster),
      resources: NodeCounts,
    }),
  })
  .transform(
    ({ metadata, spec, status }): Pool => ({
      name: metadata.name,
      displayName: metadata.labels['os.modelarts/name'],
      type: spec.type,
      phase: status.phase ?? '',
      message: status.message,
      controlMode: spec.controlMode,
      clusters: status.clusters,
      nodeCounts: status.resources,
      labels: metadata.labels,
      annotations: metadata.annotations,
    }),
  );

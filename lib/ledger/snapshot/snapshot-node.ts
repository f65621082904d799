import * as z from 'zod';
import { excerpt } from '#lib/bounds';
import { absenceOf } from '#lib/modelarts/reading/absence';
import { REDUNDANCY_LABEL } from '#lib/modelarts/reading/redundancy';
import { BATCH } from '#lib/modelarts/reading/supernodes';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { NodeField, PoolNode } from '#lib/modelarts/replies/pool-node';

/** The part of a node that seldom changes. */
export const Identity = z.object({
  name: z.string(),
  privateIp: z.string().optional(),
  flavor: z.string().optional(),
  driverVersion: z.string().optional(),
  /** Those of `KEPT_LABELS`. */
  labels: z.record(z.string(), z.string()),
});
export type Identity = z.output<typeof Identity>;

/** The part of a node that often changes. Few different ones stand for all nodes of a pool. */
export const Status = z.object({
  /** The API's word. Empty: it shows none. */
  phase: z.string(),
  driverPhase: z.string().optional(),
  /** Whether the node shows that HA redundancy is on. */
  redundant: z.boolean().optional(),
  /** The fields that the API shows but that cannot be read. */
  unreadable: z.array(z.enum(['phase', 'driverPhase', 'labels'])).optional(),
  /** The last reading did not show the node. `since`: see `absenceOf`. */
  missing: z.object({ since: z.iso.datetime().optional() }).optional(),
});
export type Status = z.output<typeof Status>;

/** A node of a pool, as the last reading shows it. Fields that this reading hides are those of an earlier one. */
export type SnapshotNode = Identity & Status;

/** The labels that say where a node stands (docs/design/modelarts-api.md, 2.3): its node pool, supernode, frame and cabinet. */
const KEPT_LABELS = [
  'os.modelarts.node/nodepoolname',
  'os.modelarts.node/nodepool',
  BATCH,
  'os.modelarts.node/spod.id',
  'cce.kubectl.kubernetes.io/cabinet',
] as const;

const KEPT_FIELDS = ['phase', 'driverPhase', 'labels'] as const satisfies readonly NodeField[];

/** Limit of a foreign text, in characters. */
const MAX_TEXT = 128;

/**
 * The nodes of a pool after one more reading, in the order of their names. A node that is missing from it stays, as missing, until
 * it is gone (`absenceOf`). A field that is not shown keeps its last value, except the state of the node, which is then unknown.
 *
 * @param readAtMs epoch milliseconds
 * @param goneAfterMs of the rules' `waits`
 */
export function nodesAfter(
  known: readonly SnapshotNode[],
  { items, unreadable }: Listing<PoolNode>,
  readAtMs: number,
  goneAfterMs: number,
): SnapshotNode[] {
  const before = new Map(known.map((node) => [node.name, node]));
  const seen = items.map((node) => seenNode(node, before.get(node.name)));
  const names = new Set(items.map(({ name }) => name));
  // An unreadable entry may be any of the missing nodes.
  const kind = unreadable.length > 0 ? 'unreadable' : items.length > 0 ? 'not-seen' : 'doubtful';
  const missing = known.flatMap((node): SnapshotNode[] => {
    if (names.has(node.name)) return [];
    const { notSeenSince: since, gone } = absenceOf({ kind }, node.missing?.since, readAtMs, goneAfterMs);
    if (gone) return [];
    return [{ ...identityOf(node), phase: '', missing: { ...(since !== undefined && { since }) } }];
  });
  return [...seen, ...missing].toSorted(byName);
}

/** The nodes that a reading shows, as far as a snapshot keeps them. For questions that the guards ask of a reading. */
export function shownNodes(nodes: readonly SnapshotNode[]): PoolNode[] {
  return nodes
    .filter(({ missing }) => missing === undefined)
    .map((node) => ({
      name: node.name,
      phase: node.phase,
      privateIp: node.privateIp,
      driverPhase: node.driverPhase,
      driverVersion: node.driverVersion,
      os: undefined,
      plugins: undefined,
      labels: {
        ...node.labels,
        ...(node.redundant !== undefined && { [REDUNDANCY_LABEL]: String(node.redundant) }),
      },
      annotations: {},
      flavor: node.flavor,
      subnet: undefined,
      taints: [],
      createdAt: undefined,
      ...(node.unreadable && { unreadable: node.unreadable }),
    }));
}

/** The node pool of a node, by its labels. */
export function nodePoolOf({ labels }: Pick<Identity, 'labels'>): string | undefined {
  return labels['os.modelarts.node/nodepoolname'] ?? labels['os.modelarts.node/nodepool'];
}

export function identityOf({ name, privateIp, flavor, driverVersion, labels }: Identity): Identity {
  return {
    name,
    ...(privateIp !== undefined && { privateIp }),
    ...(flavor !== undefined && { flavor }),
    ...(driverVersion !== undefined && { driverVersion }),
    labels,
  };
}

export function statusOf({ phase, driverPhase, redundant, unreadable, missing }: Status): Status {
  return {
    phase,
    ...(driverPhase !== undefined && { driverPhase }),
    ...(redundant !== undefined && { redundant }),
    ...(unreadable && { unreadable }),
    ...(missing && { missing }),
  };
}

function seenNode(node: PoolNode, before: Identity | undefined): SnapshotNode {
  const { name, phase, driverPhase, labels } = node;
  const cut = (text: string | undefined) => (text === undefined ? undefined : excerpt(text, MAX_TEXT));
  const shown = KEPT_LABELS.flatMap((label) => {
    const value = labels[label] ?? before?.labels[label];
    return value === undefined ? [] : [[label, excerpt(value, MAX_TEXT)] as const];
  });
  const redundant = labels[REDUNDANCY_LABEL];
  const unreadable = KEPT_FIELDS.filter((field) => node.unreadable?.includes(field));
  return {
    ...identityOf({
      name,
      privateIp: node.privateIp ?? before?.privateIp,
      flavor: cut(node.flavor) ?? before?.flavor,
      driverVersion: cut(node.driverVersion) ?? before?.driverVersion,
      labels: Object.fromEntries(shown),
    }),
    ...statusOf({
      phase: excerpt(phase, MAX_TEXT),
      driverPhase: cut(driverPhase),
      redundant: redundant === undefined ? undefined : redundant === 'true',
      unreadable: unreadable.length > 0 ? unreadable : undefined,
    }),
  };
}

function byName({ name: a }: Identity, { name: b }: Identity): number {
  return a < b ? -1 : Number(a > b);
}

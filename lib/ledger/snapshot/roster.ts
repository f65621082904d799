import * as z from 'zod';
import { textId } from '#lib/hash';
import { MAX_ROSTER_PART_BYTES } from '#lib/ledger/limits';
import { pack, unpack } from './packed.ts';
import { Identity, identityOf, type SnapshotNode, Status, statusOf } from './snapshot-node.ts';
import type { RosterPart } from './snapshot-record.ts';

const Identities = z.array(Identity);

/** Each different status once, and for each node the number of its own. */
const Statuses = z.object({ statuses: z.array(Status), of: z.array(z.int()) });

// One reading asks twice, and a pool may have ten thousand nodes.
const ids = new WeakMap<readonly SnapshotNode[], string>();

/** A name of the identities of nodes: the same identities have the same name. */
export function rosterId(nodes: readonly SnapshotNode[]): string {
  const id = ids.get(nodes) ?? textId(JSON.stringify(nodes.map(identityOf)));
  ids.set(nodes, id);
  return id;
}

/** The identities of nodes as packed texts, each small enough for an item of the table. */
export function packIdentities(nodes: readonly SnapshotNode[]): string[] {
  const packed = pack(nodes.map(identityOf));
  if (packed.length <= MAX_ROSTER_PART_BYTES || nodes.length < 2) return [packed];
  const middle = Math.ceil(nodes.length / 2);
  return [...packIdentities(nodes.slice(0, middle)), ...packIdentities(nodes.slice(middle))];
}

/** The identities in parts of a roster that are still in use. */
const unpacked = new WeakMap<RosterPart, readonly Identity[]>();

/** Throws if a text is not packed identities. */
export function unpackIdentities(parts: readonly RosterPart[]): Identity[] {
  return parts.flatMap((part) => {
    const identities = unpacked.get(part) ?? Identities.parse(unpack(part.packed));
    unpacked.set(part, identities);
    return identities;
  });
}

/** The statuses of nodes as one packed text. */
export function packStatuses(nodes: readonly SnapshotNode[]): string {
  const texts = nodes.map((node) => JSON.stringify(statusOf(node)));
  const numbers = new Map([...new Set(texts)].map((text, number) => [text, number]));
  const statuses = [...numbers.keys()].map((text): unknown => JSON.parse(text));
  return pack({ statuses, of: texts.map((text) => numbers.get(text) ?? 0) });
}

/** The status of each node, in the same order. Throws if a text is not packed statuses. */
export function unpackStatuses(packed: string): Status[] {
  const { statuses, of } = Statuses.parse(unpack(packed));
  return of.flatMap((number) => statuses[number] ?? []);
}

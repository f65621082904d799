import type { Write } from './cloud/table.ts';
import type { Run } from './run.ts';

/** A document of the ledger as it stood at a time. */
export function documentAt(run: Run, pk: string, atMs: number): any {
  return writesOf(run, pk).findLast((write) => write.atMs <= atMs)?.document['value'];
}

/** What is remembered of a node's tags lies beside the record of its lease. */
const TAGS = 'tags';

const byPartition = new WeakMap<Run, Map<string, Write[]>>();

/** Every write of one document, oldest first. The tags of a node are no document of their own here. */
export function writesOf(run: Run, pk: string): readonly Write[] {
  let known = byPartition.get(run);
  if (!known) {
    known = Map.groupBy(
      run.writes.filter(({ document }) => document.sk !== TAGS),
      ({ document }) => document.pk,
    );
    byPartition.set(run, known);
  }
  return known.get(pk) ?? [];
}

/** The last state of every document whose partition begins so. */
export function valuesOf({ table }: Run, prefix: string): any[] {
  return table
    .documents()
    .filter(({ pk, sk }) => pk.startsWith(prefix) && sk !== TAGS)
    .map(({ value }) => value);
}

/** Whether somebody has spoilt a document of a partition. */
export function isSpoilt({ table }: Run, partition: string): boolean {
  return table.documents().some(({ pk, value }) => pk === partition && (value as any).spoilt === true);
}

import type { Remediation, RemediationsPage } from '../types.ts';

/** The rows of a long list so far. `headCount`: how many of them the first page has. `isDeep`: older pages are loaded, too. */
export type Loaded = {
  rows: readonly Remediation[];
  headCount: number;
  next: string | undefined;
  isDeep: boolean;
};

/**
 * Joins a fresh first page with the rows that are known. Rows that newer ones have pushed off the first page stay; rows that left it
 * for another reason do not match any more, and go.
 */
export function joined(known: Loaded | undefined, { remediations, next }: RemediationsPage): Loaded {
  const head = { rows: remediations, headCount: remediations.length, next, isDeep: false };
  if (!known?.isDeep || next === undefined) return head;
  const ids = new Set(remediations.map(({ id }) => id));
  const former = known.rows.slice(0, known.headCount);
  const lastLeft = former.findLastIndex(({ id }) => ids.has(id));
  const pushed = former.slice(lastLeft + 1);
  const older = known.rows.slice(known.headCount).filter(({ id }) => !ids.has(id));
  return { ...head, rows: [...remediations, ...pushed, ...older], next: known.next, isDeep: true };
}

/** Adds an older page to the end. */
export function appended(known: Loaded, { remediations, next }: RemediationsPage): Loaded {
  const ids = new Set(known.rows.map(({ id }) => id));
  const rows = [...known.rows, ...remediations.filter(({ id }) => !ids.has(id))];
  return { ...known, rows, next, isDeep: true };
}

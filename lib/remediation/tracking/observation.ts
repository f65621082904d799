import type { Invocation } from '#lib/handler/invocation';
import { canonicalJson } from '#lib/hash';
import type { Call, Seen } from '#lib/ledger/call';
import type { PoolReader } from '#lib/modelarts/reading/pool-reader';
import type { RemediationServices } from '#lib/remediation/record/services';

/** One call after a look: whether it needs no other, and what was seen, so that only changes are recorded. */
export type Looked = { call: Call; ended: boolean; seen: Seen | undefined };

/** What is seen of a lost call before the first search for what it did. */
export const NOT_SEARCHED: Seen = { kind: 'search', rivals: false };

/** Whether two looks have seen the same. */
export function isSameSeen(one: Seen | undefined, other: Seen | undefined): boolean {
  return canonicalJson([one ?? null]) === canonicalJson([other ?? null]);
}

/** What was seen, for people. */
export function describeObservation(seen: Seen | undefined): string {
  if (!seen) return '';
  switch (seen.kind) {
    case 'search': {
      const search = seen.rivals ? 'searching among others' : 'searching';
      if (!seen.found) return search;
      if (seen.noTrace) return `${search}: no job, and its nodes are idle`;
      return `${search}: ${seen.found.join(', ') || 'no job'}`;
    }
    case 'unknown':
      return `unknown phase "${seen.phase}"`;
    case 'on-its-way':
      return 'on its way';
    case 'come-about':
      return 'come about';
    case 'adopted':
    case 'running':
    case 'suspended':
    case 'missing':
    case 'failed':
    case 'succeeded':
      return seen.kind;
  }
}

/** One look at one call. */
export type Look = {
  call: Call;
  reader: PoolReader;
  /** Nothing that the reader has read is older. Epoch milliseconds. */
  beganAtMs: number;
  services: RemediationServices;
  invocation: Invocation;
};

/** When a call was sent, or at least begun. Epoch milliseconds. */
export function calledAtMs({ callingAt, createdAt }: Pick<Call, 'callingAt' | 'createdAt'>): number {
  return Date.parse(callingAt ?? createdAt);
}

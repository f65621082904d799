import type { Invocation } from '#lib/handler/invocation';
import { canonicalJson } from '#lib/hash';
import type { Call, Seen } from '#lib/ledger/call';
import type { PoolReader } from '#lib/modelarts/reading/pool-reader';
import type { RemediationServices } from '#lib/remediation/record/services';

/** The result of a poll. `ended`: the call needs no further poll. `seen`: kept, so that only changes are recorded. */
export type Polled = { call: Call; ended: boolean; seen: Seen | undefined };

/** The result for a lost call before the first search for its job. */
export const NOT_SEARCHED: Seen = { kind: 'search', rivals: false };

/** Whether two polls have the same result. */
export function isSameSeen(one: Seen | undefined, other: Seen | undefined): boolean {
  return canonicalJson([one ?? null]) === canonicalJson([other ?? null]);
}

/** The result of a poll in words. */
export function describeObservation(seen: Seen | undefined): string {
  if (!seen) return 'never, because the API could not be read';
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

/** One poll of one call. */
export type Poll = {
  call: Call;
  reader: PoolReader;
  /** The reader has read nothing before this time. Epoch milliseconds. */
  beganAtMs: number;
  services: RemediationServices;
  invocation: Invocation;
};

/** When the intent of a call was written, or else when the call was begun. Epoch milliseconds. */
export function calledAtMs({ callingAt, createdAt }: Pick<Call, 'callingAt' | 'createdAt'>): number {
  return Date.parse(callingAt ?? createdAt);
}

import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolReader } from './pool-reader.ts';

/** One call after a look: whether it needs no other, and what was seen, so that only changes are recorded. */
export type Looked = { call: Call; ended: boolean; seen: string };

/** What is seen of a call whose job has succeeded, while its nodes are verified. */
export const SUCCEEDED = 'succeeded';

/** What is seen of a call whose answer was lost begins so, until what it did is found. */
export const SEARCHING = 'searching';

/** What is seen of a lost call that has left no trace ends so: no job that could be its own, and nobody works on its nodes. */
export const NO_TRACE = 'no job, and its nodes are idle';

/** One look at one call. */
export type Look = {
  call: Call;
  reader: PoolReader;
  services: RemediationServices;
  invocation: Invocation;
};

/** When a call was sent, or at least begun. Epoch milliseconds. */
export function calledAtMs({ callingAt, createdAt }: Pick<Call, 'callingAt' | 'createdAt'>): number {
  return Date.parse(callingAt ?? createdAt);
}

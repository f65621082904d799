import type { Run } from '../../run.ts';
import { clock, destructiveRequests } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/**
 * Calls that the API carried out in a world with odd answers and odd deliveries, and not in the same world without them: the
 * same action for the same node as often, or less often, is right, also at another time.
 */
export function* addedCalls(tidy: Run, odd: Run): Iterable<Finding> {
  const left = new Map<string, number>();
  for (const { key } of callsOf(tidy)) left.set(key, (left.get(key) ?? 0) + 1);
  for (const { key, number, sentAtMs } of callsOf(odd)) {
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    if (times > 0) continue;
    yield {
      what: `request ${number} at ${clock(sentAtMs)}, ${key}, was not made in the same world with nothing odd in it`,
      atMs: sentAtMs,
    };
  }
}

/** Each node of each call that was carried out. */
function callsOf(run: Run) {
  return destructiveRequests(run)
    .filter(({ done }) => done)
    .flatMap(({ action, nodes, number, sentAtMs, pool }) =>
      nodes.map((node) => ({ key: `${action} of ${node} in ${pool}`, number, sentAtMs })),
    );
}

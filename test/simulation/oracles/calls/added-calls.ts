import type { Run } from '../../run.ts';
import { clock, type Destructive, destructiveRequests, membersOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/**
 * Calls that the API carried out in a world with odd answers and odd deliveries, and not in the same world without them: the
 * same action for the same node as often, or less often, is right, also at another time. A sender that changes fingerprints says
 * minutes late that the earlier one is over: until then its alert fires for everybody but its tidy twin.
 */
export function* addedCalls(tidy: Run, odd: Run): Iterable<Finding> {
  const left = new Map<string, number>();
  for (const { key } of callsOf(tidy)) left.set(key, (left.get(key) ?? 0) + 1);
  for (const { key, request } of callsOf(odd)) {
    const { number, sentAtMs } = request;
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    if (times > 0 || isSaidToFireOn(tidy, odd, request)) continue;
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
    .flatMap((request) =>
      request.nodes.map((node) => ({ key: `${request.action} of ${node} in ${request.pool}`, request })),
    );
}

/** Whether an alert of a request was over in the tidy world, and its sender had not yet said so of one of its fingerprints. */
function isSaidToFireOn(tidy: Run, odd: Run, request: Destructive): boolean {
  const { sentAtMs } = request;
  const fingerprints = membersOf(odd, request).flatMap(({ remediation }) =>
    remediation.alerts.map((alert: { fingerprint: string }) => alert.fingerprint),
  );
  const heard = odd.correspondence.delivered.filter((one) => one.sentAtMs <= sentAtMs);
  return heard.some(({ episode, status, answeredAtMs = Number.POSITIVE_INFINITY }) => {
    const { id, fingerprint, sender } = episode;
    const own = heard.filter((one) => one.episode.id === id);
    return (
      (sender?.fingerprints ?? 1) > 1 &&
      status === 'firing' &&
      answeredAtMs < sentAtMs &&
      own.some((one) => fingerprints.includes(one.episode.fingerprint)) &&
      !own.some((one) => one.status === 'resolved' && one.episode.fingerprint === fingerprint) &&
      tidy.correspondence.delivered.some(
        (one) => one.episode.id === id && one.status === 'resolved' && one.sentAtMs <= sentAtMs,
      )
    );
  });
}

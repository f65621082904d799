import type { World } from '#local/simulator/world/world';

/** Nodes that calls had out of service at the same time. */
export type Peak = { pool: string; nodes: number; atMs: number };

/** The most nodes at work in jobs at the same time, by pool. */
export function peaksOf({ jobs, pools, clock }: World): Peak[] {
  const changes = jobs.flatMap(({ poolId, works, endedAtMs }) =>
    works.flatMap(({ startedAtMs, endedAtMs: nodeEndedMs = endedAtMs ?? Number.POSITIVE_INFINITY }) =>
      startedAtMs === undefined
        ? []
        : [
            { poolId, atMs: startedAtMs, by: 1 },
            { poolId, atMs: nodeEndedMs, by: -1 },
          ],
    ),
  );
  return [...pools.values()].map(({ id, displayName }) => {
    const own = changes.filter(({ poolId }) => poolId === id).sort((a, b) => a.atMs - b.atMs || a.by - b.by);
    const peak: Peak = { pool: displayName, nodes: 0, atMs: clock.realMs() };
    let now = 0;
    for (const { atMs, by } of own) {
      now += by;
      if (now > peak.nodes) Object.assign(peak, { nodes: now, atMs });
    }
    return peak;
  });
}

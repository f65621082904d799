import type { Remediation } from '#lib/ledger/remediation';
import { createBench, nodeName, POOL } from '#test/remediation/bench';
import type { Joined } from '../../ledger/joined.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const NODE = nodeName(1);
export const QUARANTINE = 'pool-quarantine-00000000000000000000000000';

export const RESET = '{ reset-nodes: {} }';
export const VERIFIED = '{ reset-nodes: {}, verify: { healthyFor: 2m, within: 10m } }';
export const AWAY =
  '{ migrate-nodes: { toPoolName: quarantine, resourceSpec: { flavor: modelarts.vm.2u4g } } }';
export const TELL = '{ notify: { severity: critical } }';

/** The text of rules with one ladder, for the alert `CardLost`. */
export function rulesOf(rungs: readonly string[], more = '', cooldown = '6h'): string {
  return `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  quarantine: { id: ${QUARANTINE} }
rules:
  - name: card-lost
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: ${cooldown}
    ladder: [ ${rungs.join(', ')} ]
    ${more}
`;
}

/** A bench with one ladder. */
export function createLadder(rungs: readonly string[], more = '', cooldown = '6h') {
  const bench = createBench(rulesOf(rungs, more, cooldown));
  const quarantine = new Map<string, any>();
  bench.pools.set(QUARANTINE, { nodes: quarantine, clusters: [] });
  return Object.assign(bench, {
    quarantine,
    /** The remediations of the ladder that began first, in its order. */
    chain(): Joined[] {
      const all = bench.remediations();
      const found: Joined[] = [];
      const first = all.find(({ ladder }) => ladder?.rung === 0);
      for (let next = first; next; next = all.find(({ id }) => id === found.at(-1)!.escalatedTo))
        found.push(next);
      return found;
    },
    recordOf: (node = NODE): any =>
      bench.store.documents().find(({ pk }) => pk === `node#${POOL}#${node}`)?.['value'],
    holdOf: (node = NODE): any =>
      (bench.store.documents().find(({ pk }) => pk === `pool#${POOL}`)?.['value'] as any)?.held[node],
    iso: (agoMs = 0) => new Date(bench.now() - agoMs).toISOString(),
  });
}
export type LadderBench = ReturnType<typeof createLadder>;

export const statesOf = (remediations: readonly Remediation[]) => remediations.map(({ state }) => state);

/** The id of a pool that the rules call `name`. */
export function poolId(name: string): string {
  return `pool-${name}-6f5da086876d4cd084d36f8bd3346036`;
}

/** An alert rule whose alerts name their pool in a label, and the node by name or address. */
export function resetRule(name: string, more: object = {}): object {
  return {
    name,
    when: { source: 'alertmanager', labels: { alertname: name } },
    node: { from: 'labels.instance' },
    pool: { from: 'labels.pool' },
    mode: 'act',
    cooldown: '6h',
    ladder: [{ 'reset-nodes': {} }],
    ...more,
  };
}

/** A pool whose nodes may all be worked on at once. */
export function wholePool(name: string, more: object = {}): object {
  return { id: poolId(name), budget: { maxUnavailable: '100%', perDay: '100%' }, ...more };
}

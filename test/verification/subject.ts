import { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Subject, View } from '#lib/verification/verification';

export const MINUTE = 60_000;

/** A node as the API shows it. */
export function node(name: string, more: Partial<PoolNode> = {}): PoolNode {
  return { ...PoolNode.parse({ metadata: { name }, status: { phase: 'Available' } }), ...more };
}

export function view(nodes: readonly PoolNode[], destination: readonly PoolNode[] = []): View {
  return { nodes, nodePools: [], destination };
}

/** The node `n1` of a call that was accepted, or whose job ended, at 0 and is given up after an hour. */
export function subject(more: Partial<Subject> = {}): Subject {
  return {
    target: 'n1',
    before: { state: 'running' },
    remediation: { pool: 'pool-a', parameters: {} },
    call: { request: {} },
    verify: undefined,
    sinceMs: 0,
    deadlineMs: 60 * MINUTE,
    goneAfterMs: MINUTE,
    ...more,
  } as Subject;
}

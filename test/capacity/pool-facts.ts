import type { Facts } from '#lib/guards/guard';
import { emptyPoolRecord, type Hold, type PoolRecord, type Waiting } from '#lib/ledger/pool-record';
import { PoolNode } from '#lib/modelarts/replies/pool-node';
import { Pool } from '#lib/rules/file/pool';
import type { PoolRules } from '#lib/rules/rules';
import { WAITS } from '#lib/rules/waits';

export const NOW = Date.parse('2026-11-20T10:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const MINE = 'mine';

export function at(ms: number): string {
  return new Date(NOW + ms).toISOString();
}

/** Nodes `n1`, `n2`, …, all well but those that `phases` names. */
export function poolOfNodes(size: number, phases: Readonly<Record<string, string>> = {}): PoolNode[] {
  return Array.from({ length: size }, (_, index) => {
    const name = `n${index + 1}`;
    return PoolNode.parse({ metadata: { name }, status: { phase: phases[name] ?? 'Available' } });
  });
}

export function held(remediation = 'other', more: Partial<Hold> = {}): Hold {
  return {
    remediation,
    action: 'reset-nodes',
    attempt: 0,
    since: at(-MINUTE),
    expiresAt: at(24 * HOUR),
    disruptive: true,
    domains: [],
    ...more,
  };
}

export function waiting(remediation: string, createdMs: number, more: Partial<Waiting> = {}): Waiting {
  return {
    remediation,
    createdAt: at(createdMs),
    waitsFor: 'place',
    places: 1,
    domains: [],
    readAt: at(0),
    until: at(30 * MINUTE),
    ...more,
  };
}

export function record(more: Partial<PoolRecord> = {}): PoolRecord {
  return { ...emptyPoolRecord('pool-a', NOW), ...more };
}

/** The facts for one node of a command `mine`, accepted at `NOW`. */
export function factsOf(
  nodes: readonly PoolNode[],
  {
    of = 'n1',
    pool = {},
    known: { waiting: listed = [], ...known } = {},
    remediation = {},
    releasesBefore = 0,
    ...more
  }: {
    of?: string;
    pool?: Partial<Omit<PoolRules, 'budget'>> & { budget?: Partial<PoolRules['budget']> };
    known?: Partial<PoolRecord> & { waiting?: readonly Waiting[] };
    remediation?: Partial<Facts['remediation']>;
  } & Partial<Omit<Facts, 'pool' | 'remediation'>> = {},
): Facts {
  const plain = Pool.parse({ id: 'pool-a' });
  return {
    remediation: { id: MINE, pool: 'pool-a', createdAt: at(0), alerts: [], ...remediation },
    limits: { cooldownMs: HOUR, maxEvidenceAgeMs: HOUR, interruptWorkloads: false },
    waits: WAITS,
    target: of,
    node: nodes.find(({ name, privateIp }) => of === name || of === privateIp),
    pool: { name: 'a', ...plain, ...pool, budget: { ...plain.budget, ...pool.budget } },
    poolRecord: record(known),
    waiting: listed,
    releasesBefore,
    readAtMs: NOW,
    alerts: [],
    reading: { nodes, destinations: new Map() },
    ...more,
  } as unknown as Facts;
}

import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { parseRules } from '#lib/rules/parse/parse';
import { createRehearsal, type Rehearsal, type RehearsalOptions } from '#local/rehearsal/rehearsal';

export const POOL = 'pool-a1';
export const START_MS = Date.parse('2026-11-20T10:00:00Z');
export const MINUTE_MS = 60_000;

/** Rules with a ladder of two rungs, and a recipient. */
export const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 2, perDay: 100% } }
  quarantine: { id: pool-q1 }
rules:
  - name: lost
    when: { labels: { alertname: Lost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: 1h
    ladder:
      - reset-nodes: {}
        verify: { healthyFor: 1m, within: 30m }
      - notify: { severity: high }
notify:
  - { kind: webhook, url: "https://chat.example.com/hooks/1", when: [succeeded, needs-human] }
`;

/** A rehearsal with `nodes` well nodes, node-1 and on. */
export function rehearse(nodes: number, options: Partial<RehearsalOptions> = {}): Rehearsal {
  const pools = [
    {
      name: 'train-a',
      id: POOL,
      nodes: Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` })),
    },
    { name: 'quarantine', id: 'pool-q1', nodes: [{ name: 'q-1' }] },
  ];
  const rules = parseRules(RULES, 'rules.yml');
  return createRehearsal({ rules, pools, startMs: START_MS, seed: 1, ...options });
}

/** An alert about a node, and its delivery. */
export function alertOf(node: string, atMs: number, status: 'firing' | 'resolved' = 'firing'): ReceivedAlert {
  return {
    source: 'alertmanager',
    status,
    fingerprint: `f-${node}`,
    startsAt: new Date(atMs).toISOString(),
    labels: { alertname: 'Lost', instance: node },
    annotations: {},
  };
}

export function deliver(rehearsal: Rehearsal, ...alerts: ReceivedAlert[]) {
  return rehearsal.deliver({ source: 'alertmanager', bytes: 1, truncated: 0, unreadable: [], alerts });
}

/** The state of each remediation, by its action and node, in the order of their beginning. */
export function statesOf({ table }: Rehearsal): string[] {
  return table
    .documents()
    .filter(({ pk, sk }) => pk.startsWith('remediation#') && sk === '-')
    .map(({ value }) => value as any)
    .map(({ action, nodes, state, updatedAt }) => `${action} ${nodes} ${state} ${updatedAt}`);
}

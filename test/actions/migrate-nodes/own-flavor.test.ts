import { describe, expect, test } from 'vitest';
import { ownFlavor, withOwnFlavor } from '#lib/actions/migrate-nodes/own-flavor';
import type { Facts } from '#lib/guards/guard';

const node = (name: string, flavor?: string) => ({
  name,
  labels: {},
  privateIp: `ip-${name}`,
  ...(flavor && { flavor }),
});
const pool = [node('a', 'f1'), node('b', 'f2'), node('c', 'f1'), node('d')];

function factsOf(
  of: string,
  {
    nodes = ['a', 'b', 'c'],
    flavor = 'same',
    mode = 'act',
    outcomes = {},
  }: { nodes?: string[]; flavor?: string; mode?: string; outcomes?: Record<string, { state: string }> } = {},
): Facts {
  return {
    remediation: {
      id: 'r',
      pool: 'p',
      nodes,
      mode,
      outcomes,
      parameters: { toPoolName: 'q', resourceSpec: { flavor } },
    },
    target: of,
    named: nodes.map((name) => name.replace('ip-', '')),
    node: pool.find(({ name }) => name === of),
    reading: { nodes: pool, destinations: new Map() },
  } as unknown as Facts;
}

describe('the own flavor of a node', () => {
  test('is filled in where it is asked for, and nowhere else', () => {
    expect(withOwnFlavor(factsOf('b'))).toEqual({ toPoolName: 'q', resourceSpec: { flavor: 'f2' } });
    expect(withOwnFlavor(factsOf('b', { flavor: 'f9' }))).toEqual({
      toPoolName: 'q',
      resourceSpec: { flavor: 'f9' },
    });
    expect(ownFlavor(factsOf('b', { flavor: 'f9' }), 0).allowed).toBe(true);
  });

  test('that the API does not show is waited for', () => {
    expect(ownFlavor(factsOf('d', { nodes: ['d'] }), 0)).toMatchObject({ allowed: false, defers: true });
  });

  test('is that of the first node of the command; the others go after it', () => {
    const said = (of: string) => ownFlavor(factsOf(of), 0);
    expect([said('a').allowed, said('b').allowed, said('c').allowed]).toEqual([true, false, true]);
    expect(said('b')).toMatchObject({ defers: true, why: expect.stringContaining('resourceSpec.flavor: ') });
    expect(ownFlavor(factsOf('b', { nodes: ['ip-a', 'b'] }), 0).allowed).toBe(false);
  });

  test.each(['succeeded', 'failed', 'skipped', 'running'])('a node that is %s decides no more', (state) => {
    const outcomes = { a: { state }, c: { state } };
    expect(ownFlavor(factsOf('b', { outcomes }), 0).allowed).toBe(true);
  });

  test.each(['approve', 'observe'])('of several in one plan is refused for good (%s)', (mode) => {
    const verdict = ownFlavor(factsOf('b', { mode }), 0);
    expect(verdict).toMatchObject({ allowed: false, why: expect.stringContaining('a command of its own') });
    expect(verdict.defers).toBeUndefined();
  });

  test('of a supernode that has several is refused for good: it moves as a whole', () => {
    const labels = { 'os.modelarts.node/batch.uid': 's1' };
    const facts = factsOf('a');
    const members = [
      { ...node('a', 'f1'), labels },
      { ...node('b', 'f2'), labels },
    ];
    const whole = { ...facts, node: members[0], reading: { ...facts.reading, nodes: members } };
    const verdict = ownFlavor(whole as unknown as Facts, 0);
    expect(verdict).toMatchObject({ allowed: false, why: expect.stringContaining('has nodes of f1, f2') });
    expect(verdict.defers).toBeUndefined();
  });
});

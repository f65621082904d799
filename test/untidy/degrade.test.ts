import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { degrade, type Oddity, oddities } from './degrade.ts';

const node = (name: string, privateIp: string) => ({
  metadata: { name, labels: {} },
  spec: { flavor: 'modelarts.bm.npu.8' },
  status: { phase: 'Available', privateIp, driver: { phase: 'Running' } },
});
const nodes = { kind: 'NodeList', metadata: {}, items: [node('a', '10.0.0.1'), node('b', '10.0.0.2')] };
const workloads = { count: 1, items: [{ name: 'train', status: 'Running', hostIps: '10.0.0.1,10.0.0.2' }] };
const job = { jobId: 'j', phase: 'Running', suspend: false };

/** Always the same choice, as far as there are so many. */
const always = (choice: number) => (count: number) => Math.min(choice, count - 1);

describe('an odd node list', () => {
  test.each<[Oddity, unknown]>([
    ['error-in-200', { error_code: 'ModelArts.0001', error_msg: 'An internal error occurred.' }],
    ['empty-object', {}],
    ['null-items', { kind: 'NodeList', metadata: {}, items: null }],
    ['empty', { kind: 'NodeList', metadata: {}, items: [] }],
    ['short', { kind: 'NodeList', metadata: {}, items: [nodes.items[0]] }],
  ])('%s', (oddity, expected) => {
    expect(degrade(nodes, oddity)).toEqual(expected);
  });

  test('shared-address: one node bears the address of the next', () => {
    const odd = degrade(nodes, 'shared-address') as typeof nodes;
    expect(odd.items.map(({ status }) => status.privateIp)).toEqual(['10.0.0.2', '10.0.0.2']);
  });

  test('no-address: one node has none', () => {
    const odd = degrade(nodes, 'no-address', always(1)) as typeof nodes;
    expect(odd.items.map(({ status }) => status.privateIp)).toEqual(['10.0.0.1', undefined]);
  });

  test('double-entry: one node comes twice', () => {
    const odd = degrade(nodes, 'double-entry') as typeof nodes;
    expect(odd.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'a', 'b']);
  });

  test('endless: each page leads on to another', () => {
    const [first, second] = [1, 2].map((choice) => degrade(nodes, 'endless', always(choice)) as any);
    expect(first.metadata.continue).not.toBe(second.metadata.continue);
  });

  test('forgets-token: each page leads on to the same', () => {
    const first = degrade(nodes, 'forgets-token') as any;
    expect(first.items).toHaveLength(1);
    expect(first.metadata.continue).toBe(
      (degrade(nodes, 'forgets-token', always(1)) as any).metadata.continue,
    );
  });
});

test('a workload may lose its addresses, and a list of them has no end', () => {
  expect((degrade(workloads, 'no-address') as any).items[0].hostIps).toBeUndefined();
  expect((degrade(workloads, 'endless') as any).count).toBeGreaterThan(1000);
});

test('a single object has another phase, or one field less', () => {
  expect(degrade(job, 'unknown-phase')).toMatchObject({ jobId: 'j', phase: 'Unhealthy' });
  expect(degrade(job, 'without-field')).toEqual({ phase: 'Running', suspend: false });
});

test('the body itself is never changed, and the same choices give the same result', () => {
  fc.assert(
    fc.property(fc.constantFrom(...oddities), fc.array(fc.nat(50), { minLength: 9 }), (oddity, drawn) => {
      const before = JSON.stringify([nodes, workloads, job]);
      for (const body of [nodes, workloads, job]) {
        const choices = () => {
          let at = 0;
          return (count: number) => drawn[(at += 1) % drawn.length]! % count;
        };
        expect(degrade(body, oddity, choices())).toEqual(degrade(body, oddity, choices()));
      }
      expect(JSON.stringify([nodes, workloads, job])).toBe(before);
    }),
  );
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Remediation } from '#lib/ledger/remediation';
import { remediationStates } from '#lib/rules/state';
import { createNotifyBench, MINUTE, POOL } from './notify-bench.ts';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const webhook = { url: 'https://chat.example.com/hooks/1', when: remediationStates };

const HASH = '92ab92ab92ab92ab92ab92ab92ab92ab';

/** The body that the only target of a bench gets for a remediation that comes into a state. */
async function bodyOf(changes: Partial<Remediation>, options: { baseUrl?: string } = {}): Promise<any> {
  const bench = createNotifyBench([webhook], {}, options);
  await bench.open();
  await bench.change({
    jobId: 'job-1',
    outcomes: { 'os-node-created-lv29s': { state: 'failed', why: 'Abnormal' } },
  });
  bench.queue.length = 0;
  bench.pass(45 * MINUTE);
  await bench.change(changes);
  await bench.deliver();
  expect(bench.posts).toHaveLength(1);
  return bench.posts[0]!.body;
}

test('the body of version 1 is what docs/rules/reference.md shows', async () => {
  const why =
    'job job-1 was not over at its deadline (last seen: Running); check it, and the nodes, in the console';
  const [, example = ''] =
    /^```json\n(\{\n {2}"version": "1",.*?)^```/ms.exec(read('../../docs/rules/reference.md')) ?? [];
  const body = await bodyOf({ state: 'needs-human', why }, { baseUrl: 'https://poolkeeper.example.com' });
  expect(JSON.parse(example)).toEqual(body);
  // Receivers may go by the order: what a person reads comes before the rest.
  expect(Object.keys(JSON.parse(example))).toEqual(Object.keys(body));
});

test('the notice of a waiting plan has its changes and the way to approve it, without its basis', async () => {
  const plan = {
    hash: HASH,
    at: '2026-11-20T10:45:00.000Z',
    request: { nodeNames: ['a'] },
    basis: 'x'.repeat(10_000),
  };
  const { text, severity, remediation } = await bodyOf({ state: 'awaiting-approval', why: 'it waits', plan });
  expect(severity).toBe('warning');
  expect(remediation.plan).toEqual({ hash: HASH, at: plan.at, request: plan.request });
  expect(text).toContain(
    `To do: look at the plan, then approve or reject it: POST /remediations/r-1/approve or …/reject with { "hash": "${HASH}" }\nUntil: 2026-11-21 10:45:00 +00:00`,
  );
});

describe('the text', () => {
  test('holds every free text to a line and a length', async () => {
    const { title, text } = await bodyOf({
      state: 'failed',
      why: `one\r\ntwo\u2028three\u0007 ${'x'.repeat(2_000)}`,
    });
    const lines = text.split('\n');
    expect(lines[0]).toBe(title);
    expect(lines[1]).toMatch(/^Why: one two three\\u0007 x+…$/);
    expect(lines).toHaveLength(5);
    expect(text.length).toBeLessThan(1_000);
  });

  test('names three of many nodes', async () => {
    const bench = createNotifyBench([webhook]);
    await bench.open({ nodes: ['a', 'b', 'c', 'd', 'e'] });
    await bench.deliver();
    expect(bench.posts[0]!.body.title).toBe(
      'Being decided: reset-nodes of 5 nodes (a, b, c and 2 more) in pool train-a',
    );
  });

  test('names a node pool, and a pool that has left the rules by its id', async () => {
    const changes: any = {
      action: 'delete-node-pool',
      nodePool: 'np-1',
      nodes: undefined,
      pool: 'pool-gone',
    };
    const { title, pool } = await bodyOf({ state: 'succeeded', ...changes });
    expect(title).toBe('Succeeded: delete-node-pool of node pool np-1 in pool pool-gone');
    expect(pool).toEqual({ id: 'pool-gone' });
  });
});

test.each(remediationStates)('%s has a severity that PagerDuty knows', async (state) => {
  const { severity } = await bodyOf({ state: state === 'submitting' ? 'running' : state });
  expect(['critical', 'error', 'warning', 'info']).toContain(severity);
});

test('an incident leads to the remediations of its pool', async () => {
  const bench = createNotifyBench([webhook]);
  await bench.send({
    kind: 'incident',
    pool: POOL,
    incident: 'breaker',
    why: 'five failures',
    at: '2026-11-20T09:59:00Z',
  });
  await bench.deliver();
  expect(bench.posts[0]!.body).toEqual({
    version: '1',
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    kind: 'incident',
    severity: 'critical',
    title: 'Circuit breaker open: disruptive commands wait in pool train-a',
    text: `Circuit breaker open: disruptive commands wait in pool train-a
Why: five failures
Since: 2026-11-20 09:59:00 +00:00
To do: look at what the alerts of the pool, and its remediations, have in common
More: GET /remediations?pool=${POOL}`,
    at: '2026-11-20T09:59:00Z',
    incident: 'breaker',
    pool: { id: POOL, name: 'train-a' },
    link: `/remediations?pool=${POOL}`,
    todo: 'look at what the alerts of the pool, and its remediations, have in common',
    links: [],
    thread: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test('the end of a subscription names its topic, no pool, and the way to close the gap', async () => {
  const topic = 'urn:smn:cn-north-4:p1:npu-alarms';
  const bench = createNotifyBench([webhook]);
  const why = 'it has ended';
  await bench.send({
    kind: 'incident',
    incident: 'subscription-ended',
    about: topic,
    why,
    at: '2026-11-20T09:59:00Z',
  });
  await bench.deliver();
  expect(bench.posts[0]!.body).toEqual({
    version: '1',
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    kind: 'incident',
    severity: 'critical',
    title: `A subscription to alarms has ended (${topic})`,
    text: `A subscription to alarms has ended (${topic})
Why: it has ended
Since: 2026-11-20 09:59:00 +00:00
To do: if it must go on, subscribe again in the console of SMN. If not, take the topic out of sources.smn.topics in the rules file
More: GET /events?sender=${encodeURIComponent(topic)}`,
    at: '2026-11-20T09:59:00Z',
    incident: 'subscription-ended',
    link: `/events?sender=${encodeURIComponent(topic)}`,
    todo: 'if it must go on, subscribe again in the console of SMN. If not, take the topic out of sources.smn.topics in the rules file',
    links: [],
    thread: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Remediation } from '#local/client/ledger';
import { createScreen } from '#local/screen/screen';
import { follow } from '#local/story/follow';

const began = Date.parse('2026-11-20T10:00:00.000Z');
const at = (seconds: number) => new Date(began + seconds * 1000).toISOString();

/** How long the last call of `told` followed. */
let followedForMs = 0;

/** Remediations as each poll shows them, poll after poll. */
async function told(
  looks: readonly Partial<Remediation>[][],
  ids = [...new Set(looks.flat().map(({ id = 'r1' }) => id))],
): Promise<string> {
  const stream = new PassThrough();
  const look = new Map<string, number>();
  let now = began;
  await follow(ids, {
    ledger: {
      async show(id) {
        const number = look.get(id) ?? 0;
        look.set(id, number + 1);
        const seen = (looks[number] ?? []).find((one) => (one.id ?? 'r1') === id);
        return (
          seen && {
            id,
            state: 'submitting',
            action: 'reset-nodes',
            nodes: [`node-${id}`],
            parameters: {},
            receipts: [],
            ...seen,
          }
        );
      },
    },
    screen: createScreen(stream),
    startedAtMs: began,
    clock: {
      now: () => now,
      async sleep(durationMs) {
        now += durationMs;
      },
    },
    untilMs: began + 300_000,
    signal: new AbortController().signal,
  });
  followedForMs = now - began;
  return String(stream.read() ?? '');
}

const event = {
  at: at(0),
  step: 'event',
  source: 'alertmanager',
  fingerprint: 'f1',
  labels: { alertname: 'LOST' },
};
const allow = (guard: string) => ({
  at: at(2),
  step: 'guard',
  guard,
  allowed: true,
  why: `${guard} is well`,
});
const refuse = (guard: string) => ({
  at: at(2),
  step: 'guard',
  guard,
  allowed: false,
  why: `${guard} is not`,
});

it('shows each receipt once, guards with their numbers, and the end with its reason', async () => {
  const guards = [allow('mode'), refuse('cooldown')];
  expect(
    await told([
      [{ receipts: [event] }],
      [{ receipts: [event] }],
      [{ receipts: [event, ...guards], state: 'skipped', why: 'cooldown is not' }],
    ]),
  ).toBe(
    [
      '   0.0 s  alert accepted     node-r1: LOST',
      '   2.0 s  guards             1 of 2 allow it',
      '                             ✓ mode: mode is well',
      '                             ✗ cooldown: cooldown is not',
      '   2.0 s  skipped            cooldown is not',
      '',
    ].join('\n'),
  );
});

it('follows a ladder to its end', async () => {
  const escalated = {
    receipts: [event, { at: at(5), step: 'escalation', to: 'r2', why: 'job failed' }],
    state: 'escalated' as const,
    escalatedTo: 'r2',
    why: 'job failed; the ladder goes on with notify',
  };
  const handover = {
    at: at(5),
    step: 'handover',
    rungs: [{ rung: 1, action: 'reset-nodes', result: 'job failed' }],
    lookAt: ['node-r1', 'job j1'],
  };
  const notified = {
    id: 'r2',
    action: 'notify' as const,
    nodes: ['node-r1'],
    receipts: [
      { at: at(5), step: 'escalation', from: 'r1', why: 'rung 1 did not help' },
      handover,
      { at: at(6), step: 'notice', severity: 'critical' },
    ],
    state: 'needs-human' as const,
    why: 'nothing helped',
  };
  expect(withoutTimes(await told([[{ receipts: [event] }], [escalated, notified]], ['r1']))).toEqual([
    'alert accepted     node-r1: LOST',
    'did not help       job failed',
    'escalated          job failed; the ladder goes on with notify',
    'next rung          rung 1 did not help',
    'for a person       tried 1. reset-nodes: job failed. Check node-r1, job j1',
    'notice sent        critical',
    'needs-human        nothing helped',
    '',
  ]);
});

it('says once what is the same for several, and names whom it is about', async () => {
  const receipts = [event, allow('mode')];
  const sent = { at: at(3), step: 'call', outcome: 'accepted', joined: 2 };
  const lines = (
    await told([
      [
        { id: 'r1', receipts: [...receipts, sent], state: 'succeeded', why: 'it is well' },
        { id: 'r2', receipts: [...receipts, sent], state: 'failed', why: 'it is not' },
      ],
    ])
  ).split('\n');
  expect(lines.map((line) => line.slice(10))).toEqual([
    'alert accepted     2 nodes: LOST',
    'guards             2 nodes: 1 of 1 allow it',
    'batch-reset sent   2 nodes: one call for 2 remediations',
    'succeeded          node-r1: it is well',
    'failed             node-r2: it is not',
    '',
  ]);
});

it('shows what it does not know with its reason, or with all that it holds', async () => {
  const unknown = [
    { at: at(1), step: 'escalate', why: 'the reset did not help' },
    { at: at(1), step: 'notify', target: 'webhook' },
    { at: at(1), step: 'job', jobId: 'j', phase: 'Pausing', why: 'in an unknown phase' },
    { at: at(1), step: 'call', outcome: 'refused', message: 'refused', vendorMessage: 'no such node' },
  ];
  const text = await told([[{ receipts: unknown, state: 'needs-human', why: 'look at it' }]]);
  expect(text.split('\n').map((line) => line.slice(10))).toEqual([
    'escalate           the reset did not help',
    'notify             {"target":"webhook"}',
    'job Pausing        in an unknown phase',
    'refused            batch-reset: no such node',
    'needs-human        look at it',
    '',
  ]);
});

it('says how many of the listed nodes a schedule has selected', async () => {
  const receipts = [
    { at: at(0), step: 'selection', selected: 32, listed: 127 },
    { at: at(0), step: 'selection', selected: 9, listed: 127, unreadable: 1, part: 2, parts: 3 },
  ];
  const text = await told([[{ state: 'observed', why: 'w', receipts }]]);
  expect(text).toContain('selection          32 of 127 nodes\n');
  expect(text).toContain('selection          9 of 127 nodes, part 2 of 3, 1 unreadable\n');
});

const withoutTimes = (text: string) => text.split('\n').map((line) => line.slice(10));

it('tells what a command asks for, what its plan would change, and what the API answered for each node', async () => {
  const asked = { at: at(0), step: 'event', source: 'tag-policy' };
  const many = await told([
    [
      {
        action: 'update-nodes',
        nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
        parameters: { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] },
        receipts: [asked, { at: at(1), step: 'answer', succeeded: 4, failed: { n5: 'no such node' } }],
        state: 'failed',
      },
    ],
  ]);
  expect(withoutTimes(many)).toEqual([
    'command accepted   5 nodes: update-nodes createTags Env=prod, from tag-policy',
    'answer             success for 4 nodes; n5: no such node',
    'failed',
    '',
  ]);
  const planned = async (changes: unknown) =>
    withoutTimes(
      await told([
        [
          {
            action: 'update-node-pool',
            nodes: undefined,
            nodePool: 'np-1',
            receipts: [refuse('mode')],
            plan: { hash: 'h1', changes },
            state: 'awaiting-approval',
            why: 'it waits',
          },
        ],
      ]),
    ).slice(2);
  expect(
    await planned({
      count: { from: 4, to: 2 },
      labels: { from: null, to: { a: 'b' }, reaches: 'new nodes' },
    }),
  ).toEqual([
    'plan               count 4 → 2, labels none → {"a":"b"} (new nodes)',
    'awaiting-approval  it waits',
    '',
  ]);
  const deletion = { deletes: 'np-1', flavor: 'f', nodes: ['n1', 'n2'], workloads: ['job-1'] };
  expect((await planned(deletion))[0]).toBe(
    'plan               deletes np-1 with its 2 nodes, which run job-1',
  );
});

it('waits for the guards of one that is observed', async () => {
  const observed = { state: 'observed' as const, receipts: [event] };
  const text = await told([[observed], [{ ...observed, receipts: [event, allow('mode')], why: 'as told' }]]);
  expect(text).toMatch(/guards .*\n.*\n.*observed +as told\n$/);
});

it('waits for one that is not in the ledger yet, and gives up what never comes', async () => {
  const ended = { state: 'skipped' as const, receipts: [event], why: 'as told' };
  expect(await told([[], [], [ended]])).toMatch(/LOST\n.*skipped +as told\n$/);
  const never = Array.from({ length: 400 }, () => []);
  expect(await told([[ended], ...never, [{ ...ended, id: 'r2' }]])).not.toContain('r2');
});

it('stops at the time that it was given', async () => {
  const forEver = Array.from({ length: 800 }, () => [{ receipts: [event] }]);
  expect(await told([...forEver, [{ state: 'skipped', receipts: [event] }]])).toMatch(/^.*LOST\n$/);
});

it('shows what is new also where repeated receipts have been left out meanwhile', async () => {
  const deferral = (minute: number) => ({
    at: at(minute * 60),
    step: 'defer',
    until: 'later',
    why: `try ${minute}`,
  });
  const omitted = { at: at(60), step: 'omitted', count: 2, why: '2 receipts are left out' };
  const text = await told([
    [{ state: 'deferred', receipts: [event, deferral(1), deferral(2), deferral(3)] }],
    [{ state: 'skipped', receipts: [event, omitted, deferral(3), deferral(4)], why: 'as told' }],
  ]);
  expect(text.match(/try \d/g)).toEqual(['try 1', 'try 2', 'try 3', 'try 4']);
});

it('does not stay with a command that waits for long, and does with one that comes back soon', async () => {
  const defer = { at: at(2), step: 'defer', until: at(900), why: 'it waits: the cooldown is 6h' };
  const waits = { state: 'deferred' as const, deferredUntil: at(900), receipts: [event, defer] };
  expect(await told([[waits]])).toContain('the cooldown is 6h');
  expect(followedForMs).toBeLessThan(60_000);
  await told([[{ ...waits, deferredUntil: at(50) }]]);
  expect(followedForMs).toBeGreaterThanOrEqual(300_000);
  await told([[waits, { id: 'r2', state: 'running' }]]);
  expect(followedForMs).toBeGreaterThanOrEqual(300_000);
});

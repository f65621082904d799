import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Receipt } from '#lib/ledger/receipts/receipt';
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
            updatedAt: new Date(now).toISOString(),
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

const event: Receipt = {
  at: at(0),
  step: 'event',
  source: 'alertmanager',
  fingerprint: 'f1',
  labels: { alertname: 'LOST' },
};
const allow = (guard: string): Receipt => ({
  at: at(2),
  step: 'guard',
  guard,
  allowed: true,
  why: `${guard} is well`,
});
const refuse = (guard: string): Receipt => ({
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
      '   0.0 s  alert accepted     node-r1: The source alertmanager reported LOST.',
      '   2.0 s  guards             1 of 2 guards objects.',
      '                             ✓ mode: Mode is well.',
      '                             ✗ cooldown: Cooldown is not.',
      '   2.0 s  skipped            Cooldown is not.',
      '',
    ].join('\n'),
  );
});

it('follows a ladder to its end', async () => {
  const escalated: Partial<Remediation> = {
    receipts: [event, { at: at(5), step: 'escalation', to: 'r2', why: 'job failed' }],
    state: 'escalated',
    escalatedTo: 'r2',
    why: 'job failed; the ladder goes on with notify',
  };
  const handover: Receipt = {
    at: at(5),
    step: 'handover',
    rule: 'lost',
    pool: 'pool-1',
    nodes: ['node-r1'],
    alerts: [],
    rungs: [{ rung: 1, action: 'reset-nodes', result: 'job failed' }],
    lookAt: ['node-r1', 'job j1'],
  };
  const notified: Partial<Remediation> = {
    id: 'r2',
    action: 'notify',
    nodes: ['node-r1'],
    receipts: [
      { at: at(5), step: 'escalation', from: 'r1', why: 'rung 1 did not help' },
      handover,
      { at: at(6), step: 'notice', severity: 'critical' },
    ],
    state: 'needs-human',
    why: 'nothing helped',
  };
  expect(withoutTimes(await told([[{ receipts: [event] }], [escalated, notified]], ['r1']))).toEqual([
    'alert accepted     node-r1: The source alertmanager reported LOST.',
    'did not help       Job failed. The ladder goes on with its next rung: remediation r2.',
    'escalated          Job failed; the ladder goes on with notify.',
    'next rung          Rung 1 did not help. The rung before: remediation r1.',
    'for a person       Tried: 1. reset-nodes: job failed. Look at node-r1, job j1.',
    'notice sent        A notice with severity critical was sent to people.',
    'needs-human        Nothing helped.',
    '',
  ]);
});

it('says once what is the same for several, and names whom it is about', async () => {
  const receipts = [event, allow('mode')];
  const sent: Receipt = { at: at(3), step: 'call', outcome: 'accepted', joined: 2 };
  const lines = (
    await told([
      [
        { id: 'r1', receipts: [...receipts, sent], state: 'succeeded', why: 'it is well' },
        { id: 'r2', receipts: [...receipts, sent], state: 'failed', why: 'it is not' },
      ],
    ])
  ).split('\n');
  expect(lines.map((line) => line.slice(10))).toEqual([
    'alert accepted     2 nodes: The source alertmanager reported LOST.',
    'guards             2 nodes: The only guard allows it.',
    'batch-reset sent   2 nodes: ModelArts accepted batch-reset, sent once, one call for 2 remediations.',
    'succeeded          node-r1: It is well.',
    'failed             node-r2: It is not.',
    '',
  ]);
});

const withoutTimes = (text: string) => text.split('\n').map((line) => line.slice(10));

it('tells what a command asks for, what its plan would change, and what the API answered for each node', async () => {
  const asked: Receipt = { at: at(0), step: 'event', source: 'operator', by: 'mei' };
  const many = await told([
    [
      {
        action: 'update-nodes',
        nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
        parameters: { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] },
        receipts: [
          asked,
          { at: at(1), step: 'answer', callId: 'c1', succeeded: 4, failed: { n5: 'no such node' } },
        ],
        state: 'failed',
      },
    ],
  ]);
  expect(withoutTimes(many)).toEqual([
    'command accepted   n1, n2, n3 and 2 more: The command update-nodes createTags Env=prod came from mei, with the source operator.',
    'answer             ModelArts answered with success for 4 nodes. Without success: n5: no such node.',
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
    'awaiting-approval  It waits.',
    '',
  ]);
  const deletion = { deletes: 'np-1', flavor: 'f', nodes: ['n1', 'n2'], workloads: ['job-1'] };
  expect((await planned(deletion))[0]).toBe(
    'plan               deletes np-1 with its 2 nodes, which run job-1',
  );
});

it('waits for the guards of one that is observed', async () => {
  const observed: Partial<Remediation> = { state: 'observed', receipts: [event] };
  const text = await told([[observed], [{ ...observed, receipts: [event, allow('mode')], why: 'as told' }]]);
  expect(text).toMatch(/guards .*\n.*\n.*observed +As told\.\n$/);
});

it('waits for one that is not in the ledger yet, and gives up what never comes', async () => {
  const ended: Partial<Remediation> = { state: 'skipped', receipts: [event], why: 'as told' };
  expect(await told([[], [], [ended]])).toMatch(/LOST\.\n.*skipped +As told\.\n$/);
  const never = Array.from({ length: 400 }, () => []);
  expect(await told([[ended], ...never, [{ ...ended, id: 'r2' }]])).not.toContain('r2');
});

it('stops at the time that it was given', async () => {
  const forEver = Array.from({ length: 800 }, () => [{ receipts: [event] }]);
  expect(await told([...forEver, [{ state: 'skipped', receipts: [event] }]])).toMatch(/^.*LOST\.\n$/);
});

it('shows what is new also where repeated receipts have been left out meanwhile', async () => {
  const deferral = (minute: number): Receipt => ({
    at: at(minute * 60),
    step: 'defer',
    until: 'later',
    why: `try ${minute}`,
  });
  const omitted: Receipt = {
    at: at(60),
    step: 'omitted',
    count: 2,
    until: at(120),
    why: '2 receipts are left out',
  };
  const text = await told([
    [{ state: 'deferred', receipts: [event, deferral(1), deferral(2), deferral(3)] }],
    [{ state: 'skipped', receipts: [event, omitted, deferral(3), deferral(4)], why: 'as told' }],
  ]);
  expect(text.match(/Try \d/g)).toEqual(['Try 1', 'Try 2', 'Try 3', 'Try 4']);
});

it('does not stay with a command that waits for long, and does with one that comes back soon', async () => {
  const defer: Receipt = { at: at(2), step: 'defer', until: at(900), why: 'it waits: the cooldown is 6 h' };
  const waits: Partial<Remediation> = { state: 'deferred', deferredUntil: at(900), receipts: [event, defer] };
  expect(await told([[waits]])).toContain('the cooldown is 6 h');
  expect(followedForMs).toBeLessThan(60_000);
  await told([[{ ...waits, deferredUntil: at(50) }]]);
  expect(followedForMs).toBeGreaterThanOrEqual(300_000);
  await told([[waits, { id: 'r2', state: 'running' }]]);
  expect(followedForMs).toBeGreaterThanOrEqual(300_000);
});

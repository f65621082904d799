import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { approve } from '#lib/console/approval';
import { handOverBuried } from '#lib/remediation/execution/act';
import { claimRemediation } from '#lib/remediation/execution/call';
import { recordRemediation, transition } from '#lib/remediation/lifecycle/move';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isUndecided } from '#lib/remediation/record/outcome';
import { apiError, createBench, firing, nodeName, RULES } from '#test/remediation/bench';
import { killAt } from '#test/remediation/kill-at';
import { standStillAt } from '#test/remediation/stand-still';
import { runs } from '#test/runs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [A, B, C] = [nodeName(1), nodeName(2), nodeName(3)] as const;
const OPEN = { action: 'openHaRedundant', haRedundantEffect: 'NoSchedule' };
const TAGS = { action: 'createTags', tags: [{ key: 'CostCenter', value: '4711' }] };

/** A pool whose nodes are operational. */
function createUpdateBench(rules?: string) {
  const bench = createBench(rules, updateNodes);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  return bench;
}
type Bench = ReturnType<typeof createUpdateBench>;

const command = (nodes: readonly string[], parameters: object, more: object = {}) => ({
  action: 'update-nodes',
  pool: 'train-a',
  nodes,
  parameters,
  mode: 'act',
  ...more,
});
const updates = (bench: Bench) => bench.bodies('batchUpdateNodes');
const statesOf = ({ outcomes }: { outcomes: Record<string, { state: string }> }) =>
  Object.fromEntries(Object.entries(outcomes).map(([node, { state }]) => [node, state]));
const lostAnswer = { outcome: 'unknown', transient: true, code: 'timed-out' } as const;

/** No request may name a node that is done by the ledger. */
function expectNothingTwice(bench: Bench): void {
  const { before } = bench.api;
  bench.api.before = (endpoint, body) => {
    void before(endpoint, body);
    if (endpoint !== 'batchUpdateNodes') return;
    const done = bench
      .remediations()
      .flatMap(({ outcomes }) => Object.entries(outcomes))
      .filter(([, { state }]) => state === 'succeeded' || state === 'verifying')
      .map(([node]) => node);
    expect(body.nodeNames.filter((name: string) => done.includes(name))).toEqual([]);
  };
}

/** Two commands in one call; one node of each fails once. */
async function begin(parameters: object): Promise<Bench> {
  const bench = createUpdateBench();
  for (const node of [B, nodeName(4)]) bench.update.failing.add(node);
  await bench.command(command([A, B], parameters, { id: 'one' }));
  await bench.command(command([C, nodeName(4)], parameters, { id: 'two' }));
  expectNothingTwice(bench);
  return bench;
}

describe('the four actions', () => {
  test.each([
    { action: 'openHaRedundant', haRedundantEnable: true, haRedundantEffect: 'NoExecute' },
    { action: 'closeHaRedundant', haRedundantEnable: false },
    { action: 'createTags', tags: [{ key: 'a', value: '' }], haRedundantEffect: 'NoSchedule' },
    { action: 'deleteTags', tags: [{ key: 'a', value: 'b' }], haRedundantEffect: 'NoExecute' },
  ])('$action is sent as it is, and believed when it is seen, or where nothing can be seen', async (body) => {
    const bench = createUpdateBench();
    await bench.command(command([A, B], body));
    await bench.advance(2 * MINUTE);
    expect(updates(bench)).toEqual([{ nodeNames: [A, B], ...body }]);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
    expect(bench.leased()).toEqual([]);
  });

  test.each([TAGS, { action: 'closeHaRedundant' }])(
    'leave the node free for what comes next: $action is no reason for a cooldown',
    async (parameters) => {
      const bench = createUpdateBench();
      await bench.command(command([A], parameters));
      await bench.advance(2 * MINUTE);
      expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
      expect(bench.store.documents().filter(({ pk }) => pk.startsWith('node#'))).toEqual(
        'tags' in parameters ? [expect.objectContaining({ sk: 'tags' })] : [],
      );
    },
  );

  test('of redundancy wait for no workload to run on the node; those of tags do not even ask', async () => {
    const bench = createUpdateBench();
    bench.workloads.push({ name: 'train-7b', status: 'Running', hostIps: ['10.0.0.1'] });
    await bench.command(command([A], TAGS));
    await bench.advance(5_000);
    expect(bench.requests.map(({ endpoint }) => endpoint)).toEqual(['listPoolNodes', 'batchUpdateNodes']);
    await bench.command(command([A], OPEN));
    await bench.advance(5_000);
    expect(bench.remediations().map(({ state, why }) => [state, why])).toEqual([
      ['succeeded', expect.any(String)],
      ['skipped', '1 workload runs on the node: train-7b (Running)'],
    ]);
  });
});

describe('an answer', () => {
  test.each([
    ['strings, as in the table', { successNodeNames: [A], failNodeNames: [B, C] }],
    [
      'objects, as in the example',
      { successNodeNames: [{ name: A, status: 'success' }], failNodeNames: [{ name: B }] },
    ],
    ['a failure among the successes', { successNodeNames: [A, { name: B, status: 'failed' }] }],
    [
      'the third shape',
      {
        nodes: [
          { name: A, status: 'success' },
          { name: B, status: 'failed' },
        ],
      },
    ],
    ['one list alone', { successNodeNames: [A] }],
    ['one alone, for one list', { successNodeNames: A }],
  ])('of %s: what it does not call done is asked again, alone', async (_name, answer) => {
    const bench = createUpdateBench();
    bench.update.answer = answer;
    await bench.command(command([A, B, C], TAGS));
    await bench.advance(5_000);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'deferred', why: expect.stringContaining('2 nodes failed') });
    expect(statesOf(remediation!)).toEqual({ [A]: 'succeeded', [B]: 'failed', [C]: 'failed' });
    expect(bench.leased()).toEqual([]);

    bench.update.answer = undefined;
    await bench.advance(MINUTE);
    expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([
      [A, B, C],
      [B, C],
    ]);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
  });

  test.each([
    ['nothing', {}],
    ['nothing of the node, in words', undefined],
  ])('that says %s is a failure, and there is an end to trying', async (_name, answer) => {
    const bench = createUpdateBench();
    bench.update.answer = answer;
    bench.update.failing.add(A);
    await bench.command(command([A], TAGS));
    await bench.advance(10 * MINUTE);
    expect(updates(bench)).toHaveLength(3);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({
      state: 'failed',
      why: `1 nodes failed 3 times: ${A}`,
      outcomes: {
        [A]: { why: answer ? 'the API said nothing about the node' : 'the API says failed' },
      },
    });
    expect(remediation!.receipts.filter(({ step }) => step === 'answer')).toHaveLength(3);
    expect(bench.queues).toMatchObject({ commands: [], follow: [] });
  });

  test.each([
    ['throttled', { outcome: 'refused', transient: true, status: 429 }],
    ['without an answer', { outcome: 'unknown', transient: true, status: 504 }],
  ] as const)('that never came (%s) is no try of a node', async (_name, failure) => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    let calls = 0;
    bench.api.before = (endpoint) => {
      calls += endpoint === 'batchUpdateNodes' ? 1 : 0;
      if (endpoint === 'batchUpdateNodes' && calls <= 4) throw apiError(endpoint, failure);
    };
    await bench.command(command([A, B], TAGS));
    await bench.advance(10 * MINUTE);
    expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([
      ...Array.from({ length: 5 }, () => [A, B]),
      [B],
      [B],
    ]);
    expect(bench.remediations()).toMatchObject([{ state: 'failed', why: `1 nodes failed 3 times: ${B}` }]);
  });

  test('that is lost after the work was done is sent again, without a notice', async () => {
    const bench = createUpdateBench();
    let lost = 0;
    bench.api.after = (endpoint) => {
      if (endpoint !== 'batchUpdateNodes' || lost >= 2) return;
      lost += 1;
      throw lost === 1 ? apiError(endpoint, lostAnswer) : new TypeError('a bug in reading the answer');
    };
    await bench.command(command([A, B], OPEN));
    await bench.advance(5 * MINUTE);
    expect(updates(bench)).toHaveLength(3);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
  });
});

/** A command with one node that has failed once; the message for its next try is lost. */
async function interrupted(): Promise<Bench> {
  const bench = createUpdateBench();
  bench.update.failing.add(A);
  await bench.command(command([A, B], TAGS, { id: 'one' }));
  await bench.advance(5_000);
  bench.update.failing.clear();
  bench.queues.commands = [];
  return bench;
}

/** Its message comes now, as it does when a person has decided. */
async function comes(bench: Bench): Promise<void> {
  await sendCommand(bench.remediations()[0]!, bench.services);
  await bench.advance(MINUTE);
  expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([[A, B], [A]]);
  expect(bench.remediations().map(statesOf)).toEqual([{ [A]: 'succeeded', [B]: 'succeeded' }]);
}

describe('joined commands', () => {
  test('share a call, and each ends as its own nodes do', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A], TAGS));
    await bench.command(command([B, C], TAGS));
    await bench.command(command([nodeName(4)], { ...TAGS, action: 'deleteTags' }));
    await bench.advance(10_000);
    expect(updates(bench).map(({ action, nodeNames }) => [action, nodeNames])).toEqual([
      ['createTags', [A, B, C]],
      ['deleteTags', [nodeName(4)]],
    ]);
    expect(bench.remediations().map(({ state }) => state)).toEqual(['succeeded', 'deferred', 'succeeded']);
    await bench.advance(5 * MINUTE);
    expect(updates(bench).slice(2)).toMatchObject([{ nodeNames: [B] }, { nodeNames: [B] }]);
    expect(bench.remediations().map(statesOf)).toEqual([
      { [A]: 'succeeded' },
      { [B]: 'failed', [C]: 'succeeded' },
      { [nodeName(4)]: 'succeeded' },
    ]);
  });

  test('that failed for different commands are tried again together', async () => {
    const bench = createUpdateBench();
    for (const node of [A, B]) bench.update.failing.add(node);
    await bench.command(command([A], TAGS));
    await bench.command(command([B, C], TAGS));
    await bench.advance(10_000);
    bench.update.failing.clear();
    await bench.advance(MINUTE);
    expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([
      [A, B, C],
      [A, B],
    ]);
  });

  describe('with a node that comes again', () => {
    test('does so after a person has approved it, where its rule asks for that meanwhile', async () => {
      const bench = await interrupted();
      const plan = { hash: 'a plan', request: {} };
      await recordRemediation(bench.services, 'one', bench.now(), (current) =>
        isUndecided(current) ? transition(current, 'judge', { phase: 'planned', plan }) : undefined,
      );
      await approve('one', { hash: plan.hash, by: 'ada' }, bench.services);
      await comes(bench);
    });

    test('does so after it was handed to a person, who sends it back', async () => {
      const bench = await interrupted();
      const { contentHash } = bench.remediations()[0]!;
      await handOverBuried({ id: 'one', contentHash }, 'it has failed', bench.services);
      await comes(bench);
    });
  });

  test('a node that is named by its name and by its address is named once in the request', async () => {
    const bench = createUpdateBench();
    await bench.command(command(['10.0.0.1', A], TAGS));
    await bench.advance(5_000);
    expect(updates(bench)).toMatchObject([{ nodeNames: [A] }]);
  });

  test('keep the pause between two tries, though messages come twice or early', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(A);
    await bench.command(command([A], TAGS));
    const [message] = bench.queues.commands;
    await bench.advance(5_000);
    for (let copy = 0; copy < 4; copy += 1) bench.queues.commands.push({ ...message!, dueMs: bench.now() });
    await bench.advance(25_000);
    expect(updates(bench)).toHaveLength(1);
    await bench.advance(10_000);
    expect(updates(bench)).toHaveLength(2);
    await bench.advance(5 * MINUTE);
    expect(updates(bench)).toHaveLength(3);
    expect(bench.queues.commands).toEqual([]);
  });
});

describe('redundancy is believed when the label shows it', () => {
  test('which may take a while', async () => {
    const bench = createUpdateBench();
    bench.update.shown = false;
    await bench.command(command([A], OPEN));
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'verifying' }]);
    expect(bench.leased()).toEqual([A]);
    bench.nodes.get(A)!.labels = { 'os.modelarts.node/ha.redundant.enabled': 'true' };
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.leased()).toEqual([]);
  });

  test.each([
    ['never', (bench: Bench) => bench.now(), 'it should be true'],
    [
      'no more, because the node is gone',
      (bench: Bench) => bench.nodes.delete(A),
      'the node has been gone from the pool',
    ],
  ])('it fails where that comes %s', async (_name, happens, why) => {
    const bench = createUpdateBench();
    bench.update.shown = false;
    await bench.command(command([A], OPEN));
    await bench.advance(5_000);
    happens(bench);
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'failed', why: expect.stringContaining(why) }]);
    expect(bench.queues.follow).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  test('a person gets a notice if the node could not be seen until the deadline', async () => {
    const bench = createUpdateBench();
    await bench.command(command([A], OPEN));
    await bench.advance(5_000);
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    expect(bench.queues.follow).toEqual([]);
  });

  test('what was accepted is followed while what failed is tried again', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A, B], OPEN));
    await bench.advance(5_000);
    const [remediation] = bench.remediations();
    expect(statesOf(remediation!)).toEqual({ [A]: 'verifying', [B]: 'failed' });
    bench.update.failing.clear();
    await bench.advance(3 * MINUTE);
    expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([[A, B], [B]]);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.leased()).toEqual([]);
  });
});

test('a node that never shows what the API has done is not asked for again beside a node that failed', async () => {
  const bench = createUpdateBench();
  bench.update.shown = false;
  bench.update.failing.add(B);
  await bench.command(command([A, B], OPEN));
  await bench.advance(5_000);
  const { before } = bench.api;
  bench.api.before = (endpoint) => {
    if (endpoint === 'listWorkloads')
      throw apiError(endpoint, { outcome: 'refused', transient: false, status: 403 });
  };
  await bench.advance(20 * MINUTE);
  expect(bench.remediations()).toMatchObject([
    {
      state: 'deferred',
      outcomes: {
        [A]: { state: 'failed', checked: true, why: expect.stringContaining('it should be true') },
      },
    },
  ]);
  bench.api.before = before;
  bench.update.shown = true;
  bench.update.failing.clear();
  await bench.advance(20 * MINUTE);
  expect(updates(bench).map(({ nodeNames }) => nodeNames)).toEqual([[A, B], [B]]);
  expect(bench.remediations()).toMatchObject([
    {
      state: 'failed',
      why: expect.stringContaining('it should be true'),
      outcomes: { [A]: { state: 'failed' }, [B]: { state: 'succeeded' } },
    },
  ]);
  expect(bench.queues).toMatchObject({ commands: [], follow: [] });
  expect(bench.leased()).toEqual([]);
});

describe('a node that failed', () => {
  const later: [string, (bench: Bench) => void, string][] = [
    ['goes away', (bench) => bench.nodes.delete(B), 'does not show 10.0.0.2'],
    ['is worked on', (bench) => (bench.nodes.get(B)!.phase = 'Creating'), 'other work on it is in progress'],
    [
      'gives its address to another',
      (bench) => {
        bench.nodes.delete(B);
        bench.nodes.get(C)!.privateIp = '10.0.0.2';
      },
      'no node 10.0.0.2',
    ],
  ];

  test.each(later)(
    'and %s is not tried again; the others are seen to their end',
    async (_name, happens, why) => {
      const bench = createUpdateBench();
      bench.update.failing.add(B);
      await bench.command(command([A, '10.0.0.2'], OPEN));
      await bench.advance(5_000);
      happens(bench);
      await bench.advance(50_000);
      expect(bench.remediations()).toMatchObject([{ why: expect.stringContaining(why) }]);
      await bench.advance(3 * MINUTE);
      expect(updates(bench)).toHaveLength(1);
      const [remediation] = bench.remediations();
      expect(remediation).toMatchObject({ state: 'failed', outcomes: { [A]: { state: 'succeeded' } } });
      expect(bench.leased()).toEqual([]);
      expect(bench.queues).toMatchObject({ commands: [], follow: [] });
    },
  );

  test('and breaks gets its tags all the same', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A, B], TAGS));
    await bench.advance(5_000);
    bench.nodes.get(B)!.phase = 'Abnormal';
    bench.update.failing.clear();
    await bench.advance(4 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
  });

  test('and whose next try is refused for good leaves the others to be seen', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A, B], OPEN));
    await bench.advance(5_000);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes')
        throw apiError(endpoint, {
          outcome: 'refused',
          transient: false,
          status: 404,
          vendorMessage: 'gone',
        });
    };
    await bench.advance(4 * MINUTE);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'failed', why: expect.stringContaining('404') });
    expect(statesOf(remediation!)).toEqual({ [A]: 'succeeded', [B]: 'failed' });
    expect(bench.queues).toMatchObject({ commands: [], follow: [], deadLetters: [{}] });
    expect(bench.leased()).toEqual([]);
  });

  test('and that the API keeps from being asked about again goes to a person; the others are seen', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A, B], OPEN, { evidenceAt: '2026-11-20T10:00:00Z' }));
    await bench.advance(5_000);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
    };
    await bench.advance(40_000);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred', why: expect.stringContaining('502') }]);
    expect(bench.leased()).toEqual([A]);
    await bench.advance(70 * MINUTE, 10_000);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'needs-human', outcomes: { [A]: { state: 'succeeded' } } });
    expect(bench.queues).toMatchObject({ commands: [], follow: [] });
    expect(bench.leased()).toEqual([]);
  });

  test('is left alone once its alert has resolved, or its rule only observes', async () => {
    for (const change of ['alert', 'rule'] as const) {
      const bench = createUpdateBench(
        RULES.replace('[ { reset-nodes: {} } ]', '[ { update-nodes: { action: openHaRedundant } } ]'),
      );
      bench.update.failing.add(A);
      await bench.receive(firing(A));
      await bench.advance(5_000);
      expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
      if (change === 'alert') await bench.receive(firing(A, { status: 'resolved' }));
      else bench.rules.rules[0]!.mode = 'observe';
      await bench.advance(MINUTE);
      expect(updates(bench)).toHaveLength(1);
      expect(bench.remediations()).toMatchObject([{ state: 'failed' }]);
    }
  });
});

describe('processes that die or stand still', () => {
  async function expectGoodEnd(bench: Bench, at: string): Promise<void> {
    bench.update.failing.clear();
    await bench.advance(30 * MINUTE, 10_000);
    expect(
      bench.remediations().map(({ state }) => state),
      at,
    ).toEqual(['succeeded', 'succeeded']);
    expect(bench.leased(), at).toEqual([]);
    expect(bench.queues, at).toEqual({ commands: [], follow: [], deadLetters: [] });
  }

  test.each([
    ['tags', TAGS],
    ['redundancy', OPEN],
  ])(
    'a death at any step leaves every node done, once its success is known, and every command ended (%s)',
    async (_name, parameters) => {
      let dieAt = 0;
      for (let died = true; died; ) {
        died = false;
        dieAt += 1;
        const bench = await begin(parameters);
        const process = killAt(bench, dieAt);
        // The first try, the second, and what is delivered again after a death.
        for (const pauseMs of [35_000, 60_000, 400_000]) {
          await bench.drain('commands');
          if (process.hasDied()) {
            died = true;
            process.revive();
          }
          bench.update.failing.clear();
          for (let waited = 0; waited < pauseMs; waited += 5_000) await bench.pass(5_000);
        }
        process.revive();
        await expectGoodEnd(bench, `killed at step ${dieAt}`);
      }
      expect(dieAt).toBeGreaterThan(30);
    },
  );

  test.each([
    [0, OPEN],
    [45_000, OPEN],
    [3 * MINUTE, OPEN],
    [0, TAGS],
    [45_000, TAGS],
  ])(
    'one that stands still at any write, and goes on %i ms after another took over, asks for nothing that is done (%j)',
    async (laterMs, parameters) => {
      for (let pauseAt = 1; pauseAt <= 24; pauseAt += 1) {
        const bench = await begin(parameters);
        const messages = [...bench.queues.commands];
        const slow = await standStillAt(bench, pauseAt);
        bench.queues.commands.push(...messages);
        await bench.drain('commands');
        bench.update.failing.clear();
        await bench.advance(laterMs);
        await slow.goOn();
        await expectGoodEnd(bench, `stood still at write ${pauseAt}`);
      }
    },
  );

  test('the claim of a call itself leaves out a remediation whose node was done in the meantime', async () => {
    const bench = createUpdateBench();
    bench.update.failing.add(B);
    await bench.command(command([A, B], TAGS));
    await bench.advance(5_000);
    const remediation = bench.remediations()[0]!;
    const claim = (targets: string[]) =>
      claimRemediation(bench.services, { remediation, targets }, `call of ${targets.join()}`, bench.now());
    expect(await claim([A, B])).toMatchObject({ claimed: false });
    expect(await claim([B])).toMatchObject({ claimed: true });
  });

  test('every command ends through failures, losses and second deliveries in any order, with few requests for each node', async () => {
    const fate = fc.constantFrom('done', 'partly', 'lost', '429', '502' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(TAGS, OPEN),
        async (fates, copies, parameters) => {
          const bench = createUpdateBench();
          const names = [A, B, C, nodeName(4)];
          await bench.command(command([A, B], parameters, { id: 'one' }));
          await bench.command(command([C, nodeName(4)], parameters, { id: 'two' }));
          let call = 0;
          const now = () => fates[call] ?? 'done';
          bench.api.before = (endpoint) => {
            if (endpoint !== 'batchUpdateNodes') return;
            bench.update.failing = new Set(now() === 'partly' ? [B, C] : []);
            if (now() !== '429' && now() !== '502') return;
            const isRefused = now() === '429';
            call += 1;
            throw apiError(endpoint, {
              outcome: isRefused ? 'refused' : 'unknown',
              transient: true,
              status: isRefused ? 429 : 502,
            });
          };
          bench.api.after = (endpoint) => {
            if (endpoint !== 'batchUpdateNodes') return;
            const isLost = now() === 'lost';
            call += 1;
            if (isLost) throw apiError(endpoint, lostAnswer);
          };
          expectNothingTwice(bench);
          for (const copy of copies) {
            await bench.drain('commands', copy);
            await bench.drain('follow', copy);
            await bench.advance(30_000, 10_000);
          }
          // Also a message that comes back late for a command that has ended by then.
          await bench.advance(70 * MINUTE, 10_000);
          // Each failure of a pool doubles the pause of its breaker, so that eight calls that end badly take hours.
          for (let hour = 0; hour < 12 && bench.queues.commands.length > 0; hour += 1)
            await bench.advance(HOUR, 10_000);
          for (const { state } of bench.remediations()) expect(['succeeded', 'failed']).toContain(state);
          expect(bench.leased()).toEqual([]);
          expect(bench.queues).toMatchObject({ commands: [], follow: [] });
          const answered = bench
            .remediations()
            .flatMap(({ receipts }) => receipts.filter(({ step }) => step === 'answer'));
          expect(answered.length).toBeLessThanOrEqual(3 * 2);
          expect(
            updates(bench).every(({ nodeNames }) => nodeNames.every((name: string) => names.includes(name))),
          ).toBe(true);
        },
      ),
      { numRuns: runs(30) },
    );
  });
});

const throttled = { outcome: 'refused', transient: true, throttled: true, status: 429 } as const;

/** The times between requests to an endpoint, in minutes. */
function pausesOf(bench: Bench, endpoint: string): number[] {
  const times = bench.requests.filter((request) => request.endpoint === endpoint).map(({ at }) => at);
  return times.slice(1).map((at, index) => (at - times[index]!) / MINUTE);
}

describe('an API that wants a batch later', () => {
  test('as a whole is asked again after ever longer pauses, until the evidence is too old', async () => {
    const bench = createUpdateBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes') throw apiError(endpoint, throttled);
    };
    await bench.command(command([A, B], TAGS));
    await bench.advance(5 * 60 * MINUTE, MINUTE);
    expect(pausesOf(bench, 'batchUpdateNodes')).toEqual([1, 2, 4, 8, 15, 15, 15]);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('the evidence is too old to go on trying') },
    ]);
    expect(bench.queues.commands).toEqual([]);
  });

  test('for a part of it is asked for that part again, and what was answered is not asked twice', async () => {
    const bench = createUpdateBench();
    let isBusy = true;
    bench.api.before = (endpoint, body) => {
      if (endpoint !== 'batchUpdateNodes') return;
      if (body.nodeNames.length === 3)
        throw apiError(endpoint, {
          outcome: 'refused',
          transient: false,
          status: 400,
          vendorMessage: `node ${C} is locked`,
        });
      if (isBusy && body.nodeNames.includes(C)) throw apiError(endpoint, throttled);
    };
    expectNothingTwice(bench);
    await bench.command(command([A, B, C], TAGS));
    await bench.advance(5_000);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({
      state: 'deferred',
      why: `the API takes 1 nodes later (the API says 429): ${C}`,
    });
    expect(statesOf(remediation!)).toEqual({ [A]: 'succeeded', [B]: 'succeeded', [C]: 'failed' });
    isBusy = false;
    await bench.advance(2 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(updates(bench).at(-1).nodeNames).toEqual([C]);
  });

  test('for a part of it again and again is asked no more when the evidence is too old', async () => {
    const bench = createUpdateBench();
    bench.api.before = (endpoint, body) => {
      if (endpoint !== 'batchUpdateNodes') return;
      if (body.nodeNames.length === 3)
        throw apiError(endpoint, { outcome: 'refused', transient: false, status: 400, vendorMessage: C });
      if (body.nodeNames.includes(C)) throw apiError(endpoint, throttled);
    };
    expectNothingTwice(bench);
    await bench.command(command([A, B, C], TAGS));
    await bench.advance(5 * 60 * MINUTE, MINUTE);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'needs-human', why: expect.stringContaining('429') });
    expect(statesOf(remediation!)).toMatchObject({ [A]: 'succeeded', [B]: 'succeeded' });
    expect(updates(bench).length).toBeLessThan(12);
    expect(bench.queues.commands).toEqual([]);
  });

  test('for a part of it each time is asked so often and no more', async () => {
    const bench = createUpdateBench(RULES.replace('cooldown: 6h', 'cooldown: 6h\n    maxEvidenceAge: 1d'));
    let turn = 0;
    bench.api.before = (endpoint, body) => {
      if (endpoint !== 'batchUpdateNodes') return;
      turn += 1;
      // Refused as a whole for one of them, and the first of its parts is throttled, again and again.
      const isWhole = turn % 2 === 1;
      if (isWhole)
        throw apiError(endpoint, {
          outcome: 'refused',
          transient: false,
          status: 400,
          vendorMessage: body.nodeNames[0],
        });
      throw apiError(endpoint, throttled);
    };
    await bench.command(command([A, B, C], TAGS, { reason: { rule: 'card-lost' } }));
    await bench.advance(5 * 60 * MINUTE, MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'failed', why: expect.stringContaining('nodes 9 times, and is not asked again') },
    ]);
    expect(turn).toBe(18);
    expect(bench.queues.commands).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { runSweep } from '#test/sweep/mortal';

const NODE = nodeName(1);
const HA = 'os.modelarts.node/ha.redundant.enabled';
const MINUTE = 60_000;

const rules = ({
  mode = 'act',
  ladder = '{ update-nodes: { action: openHaRedundant } }',
  onResolved = '{ update-nodes: { action: closeHaRedundant } }',
  pool = '',
} = {}) => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% }${pool} }
rules:
  - name: suspicious
    when: { source: alertmanager, labels: { alertname: Suspicious } }
    node: { from: labels.instance }
    pool: train-a
    mode: ${mode}
    cooldown: 0s
    ladder: [ ${ladder} ]
    onResolved: [ ${onResolved} ]
polling: { first: 15s, every: 15s }
`;

function bench(options: Parameters<typeof rules>[0] = {}) {
  const world = createBench(rules(options));
  for (const node of world.nodes.values()) node.phase = 'Available';
  const startsAt = () => new Date(world.now()).toISOString();
  let begun = startsAt();
  const alert = (more: object) => firing(NODE, { alertname: 'Suspicious', startsAt: begun, ...more });
  return {
    ...world,
    fires: (more: object = {}) => {
      begun = startsAt();
      return world.receive(alert(more));
    },
    firesAgain: (more: object = {}) => world.receive(alert(more)),
    resolves: (more: object = {}) =>
      world.receive(alert({ status: 'resolved', endsAt: startsAt(), ...more })),
    updates: () => world.bodies('batchUpdateNodes').map(({ action, nodeNames }) => [action, ...nodeNames]),
    steps: () => world.remediations().filter(({ resolution }) => resolution !== undefined),
  };
}

describe('when the alert of a rule resolves', () => {
  test('what its ladder did is undone, once, however often the resolution comes', async () => {
    const world = bench();
    await world.fires();
    await world.advance(MINUTE);
    expect(world.nodes.get(NODE)!.labels).toEqual({ [HA]: 'true' });
    const answer = await world.resolves();
    expect(answer).toMatchObject({
      remediations: [{ rule: 'suspicious', node: NODE, state: 'submitting' }],
      ignored: [],
    });
    await world.resolves();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.updates()).toEqual([
      ['openHaRedundant', NODE],
      ['closeHaRedundant', NODE],
    ]);
    expect(world.steps()).toMatchObject([
      { state: 'succeeded', rule: 'suspicious', nodes: [NODE], resolution: { step: 0, node: NODE } },
    ]);
  });

  test('each of its episodes is undone for itself', async () => {
    const world = bench();
    for (let episode = 1; episode <= 2; episode += 1) {
      await world.fires();
      await world.advance(MINUTE);
      await world.resolves();
      await world.advance(10 * MINUTE);
    }
    expect(world.updates().map(([action]) => action)).toEqual([
      'openHaRedundant',
      'closeHaRedundant',
      'openHaRedundant',
      'closeHaRedundant',
    ]);
  });

  test('nothing is undone where the ladder did nothing', async () => {
    const world = bench();
    world.nodes.get(NODE)!.phase = 'Creating';
    await world.fires();
    await world.advance(MINUTE);
    const answer = await world.resolves();
    expect(answer.remediations).toEqual([]);
    expect(answer.ignored).toEqual([
      { alert: `fp-Suspicious-${NODE}`, why: 'it is resolved: kept as evidence' },
    ]);
    await world.advance(10 * MINUTE);
    expect(world.updates()).toEqual([]);
    expect(world.steps()).toEqual([]);
  });

  test('a notice that is only observed is complete at once: no sweep takes it for a command left behind', async () => {
    const world = bench({ onResolved: '{ notify: {}, mode: observe }' });
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(30 * MINUTE);
    await runSweep(world);
    const [step] = world.steps();
    expect(step).toMatchObject({ action: 'notify', state: 'observed', judged: 'mode' });
    expect(step?.swept).toBeUndefined();
    expect(step?.receipts).toContainEqual(
      expect.objectContaining({ step: 'guard', guard: 'mode', allowed: false }),
    );
  });

  test('nothing is undone where the rule only observes', async () => {
    const world = bench({ mode: 'observe' });
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.steps()).toEqual([]);
  });

  test('nothing is undone for an alert that was never seen firing', async () => {
    const world = bench();
    expect((await world.resolves()).remediations).toEqual([]);
    expect(world.steps()).toEqual([]);
  });

  test('what is under way then is undone when it has ended', async () => {
    const world = bench();
    world.update.shown = false;
    await world.fires();
    await world.advance(10_000);
    expect(world.updates()).toHaveLength(1);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.updates()).toHaveLength(1);
    world.nodes.get(NODE)!.labels = { [HA]: 'true' };
    world.update.shown = true;
    await world.advance(2 * MINUTE);
    expect(world.updates().map(([action]) => action)).toEqual(['openHaRedundant', 'closeHaRedundant']);
  });

  test('a call that was never made leaves nothing to undo, even if the resolution came in the middle of it', async () => {
    const world = bench();
    await world.fires();
    let came = false;
    world.api.before = (endpoint) => {
      if (endpoint !== 'batchUpdateNodes' || came) return;
      came = true;
      throw apiError(endpoint, { transient: true });
    };
    await world.advance(10_000);
    await world.resolves();
    await world.advance(30 * MINUTE);
    expect(world.updates().filter(([action]) => action === 'closeHaRedundant')).toEqual([]);
  });
});

test('what a lost call may have done is undone, though a person has to look at it', async () => {
  const world = bench({ ladder: '{ reset-nodes: {} }' });
  world.api.before = (endpoint) => {
    if (endpoint === 'batchResetNodes')
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
  };
  await world.fires();
  await world.advance(20 * MINUTE);
  expect(world.remediations()).toMatchObject([{ state: 'needs-human' }]);
  await world.resolves();
  await world.advance(5 * MINUTE);
  expect(world.steps()).toMatchObject([{ state: 'succeeded' }]);
  expect(world.updates()).toEqual([['closeHaRedundant', NODE]]);
});

/** The fates of the requests of a ladder: only a lost answer leaves it open whether one had an effect. */
const ends = {
  'was never sent': ({ store }: ReturnType<typeof bench>) => {
    const { put } = store;
    store.put = async (document, condition) => {
      if ((document['value'] as { state?: string }).state === 'calling')
        throw new Error('no intent is stored');
      return put(document, condition);
    };
  },
  'was refused': ({ api }: ReturnType<typeof bench>) => {
    api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes') throw apiError(endpoint, { transient: true });
    };
  },
  'got no answer': ({ api }: ReturnType<typeof bench>) => {
    api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes') throw apiError(endpoint, { outcome: 'unknown', transient: true });
    };
  },
  'got no answer, and was never sent again': (world: ReturnType<typeof bench>) => {
    world.api.before = (endpoint) => {
      if (endpoint !== 'batchUpdateNodes') return;
      ends['was never sent'](world);
      throw apiError(endpoint, { outcome: 'unknown', transient: true });
    };
  },
};

test.each([
  ['was never sent', 'skipped'],
  ['was refused', 'skipped'],
  ['got no answer', 'succeeded'],
  ['got no answer, and was never sent again', 'succeeded'],
] as const)(
  'a ladder that goes to a person after its request %s: the step that undoes it is %s',
  async (end, state) => {
    const world = bench();
    const { put } = world.store;
    ends[end](world);
    await world.fires();
    await world.advance(2 * MINUTE);
    world.nodes.get(NODE)!.phase = 'Resting';
    await world.advance(10 * MINUTE);
    expect(world.remediations()).toMatchObject([{ state: 'needs-human', callId: expect.any(String) }]);
    world.store.put = put;
    world.api.before = () => {};
    world.nodes.get(NODE)!.phase = 'Available';
    await world.resolves();
    await world.advance(5 * MINUTE);
    expect(world.steps()).toMatchObject([{ state }]);
  },
);

const TAG = 'tags: [{ key: Suspicious, value: "yes" }]';
const tagging = {
  ladder: `{ update-nodes: { action: createTags, ${TAG} } }`,
  onResolved: `{ update-nodes: { action: deleteTags, ${TAG} } }`,
};

/** The alert fires, and the tag is on the node, for all that Poolkeeper knows nothing of it. */
async function taggedUnseen(more: Parameters<typeof rules>[0] = {}) {
  const world = bench({ ...tagging, ...more });
  world.api.before = (endpoint) => {
    if (endpoint !== 'batchUpdateNodes') return;
    world.nodes.get(NODE)!.tags = new Map([['Suspicious', 'yes']]);
    throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
  };
  await world.fires();
  await world.advance(5_000, 1_000);
  expect(world.remediations()).toMatchObject([{ state: 'deferred' }]);
  return world;
}

const tagsOf = (world: ReturnType<typeof bench>) => [...(world.nodes.get(NODE)!.tags?.keys() ?? [])];

describe('a tag that was set, though the request for it got no answer, is taken off', () => {
  test('where the alert resolved before the request was sent again', async () => {
    const world = await taggedUnseen();
    world.api.before = () => {};
    await world.resolves();
    await world.advance(30 * MINUTE, MINUTE);
    expect(world.remediations()).toMatchObject([{ state: 'skipped' }, { state: 'succeeded' }]);
    expect(tagsOf(world)).toEqual([]);
  });

  test('where the API then refused the same request', async () => {
    const world = await taggedUnseen({ ladder: `${tagging.ladder}, { notify: {} }` });
    world.api.before = (endpoint) => {
      if (endpoint === 'batchUpdateNodes') throw apiError(endpoint, { status: 400 });
    };
    await world.advance(5 * MINUTE);
    expect(world.remediations()).toContainEqual(
      expect.objectContaining({ action: 'update-nodes', state: 'escalated' }),
    );
    world.api.before = () => {};
    await world.resolves();
    await world.advance(5 * MINUTE);
    expect(world.steps()).toMatchObject([{ state: 'succeeded' }]);
    expect(tagsOf(world)).toEqual([]);
  });
});

describe('while another alert of the rule fires for the node', () => {
  test('also where one of them calls it by its address, nothing is undone', async () => {
    const world = bench({
      ladder: '{ update-nodes: { action: createTags, tags: [{ key: Suspicious, value: "yes" }] } }',
      onResolved: '{ update-nodes: { action: deleteTags, tags: [{ key: Suspicious, value: "yes" }] } }',
    });
    const { privateIp } = world.nodes.get(NODE)!;
    const byAddress = {
      fingerprint: 'card-0',
      labels: { alertname: 'Suspicious', instance: `${privateIp}:9100` },
    };
    await world.fires(byAddress);
    await world.advance(5 * MINUTE);
    await world.firesAgain({ fingerprint: 'card-1' });
    await world.advance(MINUTE);
    await world.resolves(byAddress);
    await world.advance(MINUTE);
    expect(world.steps()).toEqual([]);
    await world.resolves({ fingerprint: 'card-1' });
    await world.advance(MINUTE);
    expect(world.steps()).toMatchObject([{ state: 'succeeded', nodes: [NODE] }]);
  });

  test('what is undone is no cooldown for the step', async () => {
    const world = bench({ onResolved: '{ reset-nodes: {}, mode: act }' });
    world.rules.rules[0]!.cooldownMs = 6 * 3_600_000;
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.resets()).toHaveLength(1);
  });

  test('nothing is undone; the last one that resolves does it', async () => {
    const world = bench();
    await world.fires({ fingerprint: 'card-0' });
    await world.advance(MINUTE);
    await world.firesAgain({ fingerprint: 'card-1' });
    await world.advance(MINUTE);
    await world.resolves({ fingerprint: 'card-0' });
    await world.advance(MINUTE);
    expect(world.steps()).toEqual([]);
    await world.resolves({ fingerprint: 'card-1' });
    await world.advance(MINUTE);
    expect(world.updates().filter(([action]) => action === 'closeHaRedundant')).toEqual([
      ['closeHaRedundant', NODE],
    ]);
  });

  test('also where both resolve in one delivery it is undone once', async () => {
    const world = bench();
    await world.fires({ fingerprint: 'card-0' });
    await world.firesAgain({ fingerprint: 'card-1' });
    await world.advance(MINUTE);
    const startsAt = '2026-11-20T10:00:00.000Z';
    const over = {
      status: 'resolved' as const,
      startsAt,
      endsAt: '2026-11-20T10:01:00.000Z',
      alertname: 'Suspicious',
    };
    const both = ['card-0', 'card-1'].map((fingerprint) => firing(NODE, { ...over, fingerprint }));
    const { remediations } = await world.receive(...both, ...both);
    await world.advance(MINUTE);
    expect(world.updates().filter(([action]) => action === 'closeHaRedundant')).toHaveLength(1);
    expect(world.steps()).toHaveLength(1);
    expect(remediations.map(({ id }) => id)).toEqual(world.steps().map(({ id }) => id));
  });

  test('what waits is not done once it fires anew, and is done when it is over for good', async () => {
    const world = bench({ pool: ', windows: [{ start: "0 10,12 * * ? *", length: 30m }]' });
    await world.fires();
    await world.advance(MINUTE);
    await world.advance(40 * MINUTE, MINUTE);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.steps()).toMatchObject([{ state: 'deferred' }]);
    await world.fires();
    await world.advance(85 * MINUTE, MINUTE);
    expect(world.steps()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('fires for the node') },
    ]);
    await world.resolves();
    await world.advance(5 * MINUTE);
    expect(world.updates().at(-1)).toEqual(['closeHaRedundant', NODE]);
  });
});

describe('the steps', () => {
  test('are done one after another, and a notice reports it', async () => {
    const world = bench({
      ladder: '{ update-nodes: { action: createTags, tags: [{ key: Suspicious, value: "yes" }] } }',
      onResolved:
        '{ update-nodes: { action: deleteTags, tags: [{ key: Suspicious, value: "yes" }] } }, { update-nodes: { action: createTags, tags: [{ key: WasSuspicious, value: "yes" }] } }, { notify: {} }',
    });
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(3 * MINUTE);
    expect(world.updates().map(([action]) => action)).toEqual(['createTags', 'deleteTags', 'createTags']);
    expect(
      world
        .steps()
        .map(({ action, state }) => [action, state])
        .toSorted(),
    ).toEqual([
      ['notify', 'succeeded'],
      ['update-nodes', 'succeeded'],
      ['update-nodes', 'succeeded'],
    ]);
    expect(world.notices.filter(({ kind }) => kind === 'rung')).toMatchObject([{ severity: 'info' }]);
  });

  test('that wipe wait for whom the step says', async () => {
    const world = bench({ onResolved: '{ reset-nodes: {}, mode: approve }' });
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.steps()).toMatchObject([{ action: 'reset-nodes', state: 'awaiting-approval' }]);
    expect(world.resets()).toEqual([]);
  });

  test('are never bolder than their rule', async () => {
    const world = bench({ onResolved: '{ reset-nodes: {}, mode: act }' });
    await world.fires();
    await world.advance(MINUTE);
    world.rules.rules[0]!.mode = 'approve';
    await world.resolves();
    await world.advance(MINUTE);
    expect(world.steps()).toMatchObject([{ state: 'awaiting-approval' }]);
  });

  test('are only observed once the rule is gone', async () => {
    const world = bench();
    await world.fires();
    await world.advance(MINUTE);
    await world.resolves();
    world.rules.rules.splice(0, 1);
    await world.advance(MINUTE);
    expect(world.updates()).toHaveLength(1);
    expect(world.steps()).toMatchObject([{ state: 'observed' }]);
  });

  test('are done to the node by its name, where the alert named an address', async () => {
    const world = bench();
    const { privateIp } = world.nodes.get(NODE)!;
    const more = { labels: { alertname: 'Suspicious', instance: `${privateIp}:9100` } };
    await world.fires(more);
    await world.advance(5 * MINUTE);
    await world.resolves(more);
    await world.advance(5 * MINUTE);
    expect(world.updates()).toEqual([
      ['openHaRedundant', NODE],
      ['closeHaRedundant', NODE],
    ]);
  });

  describe('of a ladder that moves the node away', () => {
    const OTHER = 'pool-quarantine-6f5da086876d4cd084d36f8bd3346036';

    async function movesAway() {
      const world = bench({
        ladder: `{ migrate-nodes: { fromClusterName: a, toClusterName: b, toPoolName: ${OTHER}, resourceSpec: { flavor: f } } }`,
      });
      world.pools.set(OTHER, { nodes: new Map(), clusters: ['b'] });
      await world.fires();
      await world.advance(MINUTE);
      expect(world.remediations()).toMatchObject([{ action: 'migrate-nodes', state: 'running' }]);
      return world;
    }

    test('are not done once it is there', async () => {
      const world = await movesAway();
      world.endJob('job-1');
      await world.advance(5 * MINUTE);
      expect(world.remediations()).toMatchObject([{ state: 'succeeded' }]);
      await world.resolves();
      await world.advance(MINUTE);
      expect(world.steps()).toEqual([]);
    });

    test('wait while its arrival is uncertain', async () => {
      const world = await movesAway();
      await world.resolves();
      await world.advance(MINUTE);
      expect(world.steps()).toMatchObject([{ state: 'deferred' }]);
      expect(world.updates()).toEqual([]);
    });
  });
});

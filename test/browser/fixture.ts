import type { Fixture } from './site.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const NASTY = '<img src=x onerror="window.hacked=1">\u202e"\'`${1}';

const TRAIN_A = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const TRAIN_B = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';
const INFER = 'pool-1c0e-6f5da086876d4cd084d36f8bd3346036';

const nodeName = (pool: string, index: number): string =>
  `os-node-created-${pool}${String(index).padStart(3, '0')}`;

/** The facts that the page shows in tests: three pools, and remediations in every state. */
export type World = ReturnType<typeof createWorld>;

/** Data in the shapes of docs/reference/api.md, at one moment. */
export function createWorld(now: number) {
  const ago = (ms: number): string => new Date(now - ms).toISOString();
  const ahead = (ms: number): string => new Date(now + ms).toISOString();

  const guards = (at: number, refusing?: { guard: string; why: string }) => [
    ...[
      ['mode', 'the rule npu-card-lost acts'],
      ['node-present', 'the list of the pool, read 1 s ago, shows the node'],
      ['alert-still-firing', 'the alert NT_NPU_CARD_LOSE fires since 4 min'],
      ['cooldown', 'no call has touched the node before'],
      ['workloads', 'no workload runs on the node'],
      [
        'budget',
        'with it 2 of 128 nodes would be out of service (0 unavailable, 2 being worked on); at most 6 may be',
      ],
      ['budget-per-day', '4 of 25 nodes were worked on in the last 24 h'],
    ].map(([guard = '', why = '']) => ({ at: ago(at), step: 'guard', guard, allowed: true, why })),
    ...(refusing ? [{ at: ago(at), step: 'guard', allowed: false, defers: true, ...refusing }] : []),
  ];
  const accepted = (at: number, labels = { alertname: 'NT_NPU_CARD_LOSE', instance: '10.0.0.7:9100' }) => ({
    at: ago(at),
    step: 'event',
    source: 'alertmanager',
    by: 'am-eu-1',
    fingerprint: 'cd7038fcc2439232',
    startsAt: ago(at + 30_000),
    labels,
  });
  const decided = (at: number, node: string, rung = 0) => ({
    at: ago(at),
    step: 'decision',
    rule: 'npu-card-lost',
    pool: TRAIN_A,
    rung,
    node,
    action: 'reset-nodes',
    mode: 'act',
  });
  const called = (at: number) => [
    { at: ago(at), step: 'intent', callId: 'call-1' },
    { at: ago(at - 900), step: 'call', outcome: 'accepted', callId: 'call-1', joined: 1 },
    { at: ago(at - 900), step: 'job', jobId: 'job-5f0c', phase: 'submitted', deadline: ahead(HOUR) },
  ];

  function remediation(id: string, state: string, at: number, more: Record<string, unknown> = {}) {
    return {
      id,
      action: 'reset-nodes',
      pool: TRAIN_A,
      nodes: [nodeName('a', 7)],
      parameters: {},
      rule: 'npu-card-lost',
      mode: 'act',
      reason: { source: 'alertmanager' },
      alerts: [{ fingerprint: 'cd7038fcc2439232', startsAt: ago(at + 30_000) }],
      ladder: { root: id, rung: 0 },
      state,
      receipts: [accepted(at), decided(at, nodeName('a', 7))],
      createdAt: ago(at),
      updatedAt: ago(Math.max(0, at - 4 * MINUTE)),
      stateSince: ago(Math.max(0, at - 4 * MINUTE)),
      ...more,
    };
  }

  const remediations: Record<string, any>[] = [
    remediation('8c6f01aa-running', 'running', 3 * MINUTE, {
      nodes: [nodeName('a', 17)],
      why: 'job job-5f0c runs since 2 min',
      jobId: 'job-5f0c',
      deadline: ahead(HOUR),
      receipts: [
        accepted(3 * MINUTE),
        decided(3 * MINUTE, nodeName('a', 17)),
        ...guards(3 * MINUTE - 4_000),
        ...called(2 * MINUTE),
        { at: ago(MINUTE), step: 'job', phase: 'running', jobId: 'job-5f0c' },
      ],
    }),
    remediation('8c6f02aa-verifying', 'verifying', 9 * MINUTE, {
      nodes: [nodeName('a', 42)],
      why: 'the node is healthy since 1 min; 2 min are needed',
      jobId: 'job-5f0a',
    }),
    remediation('8c6f03aa-deciding', 'submitting', 8_000, { nodes: [nodeName('b', 3)], pool: TRAIN_B }),
    remediation('8c6f04aa-waiting', 'deferred', 34 * MINUTE, {
      nodes: [nodeName('b', 11)],
      pool: TRAIN_B,
      why: 'with it 5 of 60 nodes would be out of service (4 unavailable, 0 being worked on); at most 3 may be',
      deferrals: 3,
      deferredUntil: ahead(6 * MINUTE),
    }),
    remediation('4f0c01aa-approval', 'awaiting-approval', 52 * MINUTE, {
      action: 'delete-node-pool',
      nodes: undefined,
      nodePool: 'np-train-old',
      rule: undefined,
      reason: { source: 'console', text: 'The old nodes are replaced' },
      ladder: undefined,
      why: 'a deletion needs the approval of its plan',
      alerts: [],
      plan: {
        hash: '92ab41d0c3',
        at: ago(52 * MINUTE),
        request: { path: '/v2/…/nodepools/np-train-old', method: 'DELETE' },
        changes: {
          deletes: 'np-train-old',
          nodes: Array.from({ length: 32 }, (_, index) => nodeName('a', 90 + index)),
          workloads: [],
        },
        remarks: ['the nodes are deleted with their disks'],
      },
      receipts: [{ at: ago(52 * MINUTE), step: 'event', source: 'console', by: 'grace' }],
    }),
    remediation('4f0c02aa-approval', 'awaiting-approval', 12 * MINUTE, {
      action: 'update-node-pool',
      nodes: undefined,
      nodePool: 'np-train-1',
      pool: TRAIN_B,
      rule: 'grow-by-day',
      ladder: undefined,
      alerts: [],
      why: 'the rule asks for an approval',
      plan: {
        hash: '77bb41d0c3',
        at: ago(12 * MINUTE),
        request: { spec: { resources: { count: 14 } } },
        changes: {
          'spec.resources.count': { from: 12, to: 14 },
          'metadata.labels.team': { from: null, to: 'speech', reaches: 'new nodes only' },
        },
      },
    }),
    remediation('3a1c01aa-person', 'needs-human', 2 * HOUR, {
      nodes: [nodeName('a', 63)],
      why: 'the last rung did not help: the node is Abnormal 20 min after its reset',
      receipts: [
        accepted(2 * HOUR),
        decided(2 * HOUR, nodeName('a', 63)),
        ...guards(2 * HOUR - 4_000),
        ...called(2 * HOUR - 10_000),
        {
          at: ago(100 * MINUTE),
          step: 'job',
          phase: 'succeeded',
          jobId: 'job-5e11',
          endedAt: ago(100 * MINUTE),
        },
        {
          at: ago(80 * MINUTE),
          step: 'verify',
          target: nodeName('a', 63),
          state: 'failed',
          why: 'the node is Abnormal',
        },
        {
          at: ago(80 * MINUTE),
          step: 'handover',
          rule: 'npu-card-lost',
          pool: TRAIN_A,
          nodes: [nodeName('a', 63)],
          alerts: [],
          rungs: [
            { rung: 1, action: 'reset-nodes', result: 'the job succeeded, and the node stayed Abnormal' },
            { rung: 2, action: 'reset-nodes', result: 'the job succeeded, and the node stayed Abnormal' },
          ],
          shows: 'Abnormal',
          lookAt: [
            'the console of the node',
            'the NPU with npu-smi info',
            'a ticket to Huawei with the node name',
          ],
        },
      ],
    }),
    remediation('2b0001aa-done', 'succeeded', 4 * HOUR, {
      nodes: [nodeName('a', 5)],
      why: 'the node is healthy for 2 min',
      receipts: [
        accepted(4 * HOUR),
        decided(4 * HOUR, nodeName('a', 5)),
        ...guards(4 * HOUR - 3_000),
        ...called(4 * HOUR - 8_000),
        {
          at: ago(4 * HOUR - 6 * MINUTE),
          step: 'job',
          phase: 'succeeded',
          jobId: 'job-5d00',
          endedAt: ago(4 * HOUR - 6 * MINUTE),
        },
        {
          at: ago(4 * HOUR - 9 * MINUTE),
          step: 'verify',
          target: nodeName('a', 5),
          state: 'succeeded',
          why: 'the node is healthy for 2 min',
        },
      ],
    }),
    remediation('2b0002aa-skipped', 'skipped', 5 * HOUR, {
      nodes: [nodeName('b', 22)],
      pool: TRAIN_B,
      why: 'the alert resolved before the call',
    }),
    remediation('2b0003aa-observed', 'observed', 6 * HOUR, {
      nodes: [nodeName('b', 23)],
      pool: TRAIN_B,
      mode: 'observe',
      why: 'the rule only observes',
    }),
    remediation('2b0004aa-escalated', 'escalated', 7 * HOUR, {
      nodes: [nodeName('a', 63)],
      why: 'the node stayed Abnormal',
      escalatedTo: '3a1c01aa-person',
    }),
    remediation('2b0005aa-rejected', 'rejected', 9 * HOUR, {
      action: 'migrate-nodes',
      nodes: [nodeName('b', 9), nodeName('b', 10), nodeName('b', 12)],
      pool: TRAIN_B,
      why: 'grace rejected the plan',
    }),
    remediation('2b0006aa-failed', 'failed', 11 * HOUR, {
      action: 'update-nodes',
      nodes: [nodeName('b', 31)],
      pool: TRAIN_B,
      rule: undefined,
      ladder: undefined,
      reason: { source: 'console' },
      why: 'ModelArts refused it: the node is locked (409 ModelArts.50004)',
    }),
    remediation('2b0007aa-nasty', 'skipped', 13 * HOUR, {
      nodes: [NASTY],
      rule: NASTY,
      why: `${NASTY} is no node of the pool`,
      receipts: [
        accepted(13 * HOUR, { alertname: NASTY, instance: NASTY }),
        {
          at: ago(13 * HOUR),
          step: 'guard',
          guard: 'node-present',
          allowed: false,
          why: `${NASTY} is no node of the pool`,
        },
      ],
    }),
  ];

  function nodesOf(
    pool: string,
    letter: string,
    total: number,
    states: Record<number, [state: string, why: string, more?: object]>,
  ) {
    return Array.from({ length: total }, (_, index) => {
      const [state, why, more = {}] = states[index + 1] ?? ['well', 'in service'];
      return {
        node: nodeName(letter, index + 1),
        pool,
        state,
        why,
        phase: state === 'broken' || state === 'out' ? 'Abnormal' : 'Available',
        nodePool: index < total / 2 ? 'np-train-1' : 'np-train-2',
        flavor: 'modelarts.kat1.8xlarge',
        address: `10.0.0.${index + 1}`,
        driver: { phase: 'Running', version: '24.1.rc3' },
        ...more,
      };
    });
  }

  const nodes: Record<string, any[]> = {
    [TRAIN_A]: nodesOf(TRAIN_A, 'a', 128, {
      17: [
        'held',
        'reset-nodes runs on it',
        {
          hold: {
            remediation: '8c6f01aa-running',
            action: 'reset-nodes',
            since: ago(2 * MINUTE),
            disruptive: true,
          },
        },
      ],
      42: [
        'held',
        'reset-nodes is verified',
        {
          hold: {
            remediation: '8c6f02aa-verifying',
            action: 'reset-nodes',
            since: ago(8 * MINUTE),
            disruptive: true,
          },
        },
      ],
      63: ['broken', 'the last rung did not help', { remediation: '3a1c01aa-person' }],
      5: [
        'cooldown',
        'no command may touch it for 2 h',
        { cooldownUntil: ahead(2 * HOUR), remediation: '2b0001aa-done' },
      ],
    }),
    [TRAIN_B]: nodesOf(TRAIN_B, 'b', 60, {
      3: ['waiting', 'a command for it waits', { remediation: '8c6f03aa-deciding' }],
      11: ['waiting', 'a command for it waits for the budget', { remediation: '8c6f04aa-waiting' }],
      14: ['out', 'Abnormal, and no rule has taken it up'],
      15: ['out', 'Abnormal, and no rule has taken it up'],
      16: ['out', 'Abnormal, and no rule has taken it up'],
      17: ['out', 'it is isolated for its HA redundancy'],
      30: ['unknown', 'the last list did not show it'],
    }),
    [INFER]: nodesOf(INFER, 'c', 8, {}),
  };

  const states = (pool: string) =>
    Object.fromEntries(
      [...Map.groupBy(nodes[pool] ?? [], (node: any) => node.state)].map(([state, list]) => [
        state,
        list.length,
      ]),
    );

  const pools: any[] = [
    {
      id: TRAIN_A,
      name: 'train-a',
      reading: { at: ago(12_000) },
      nodes: { total: 128, phases: { Available: 127, Abnormal: 1 }, states: states(TRAIN_A) },
      outOfService: [
        {
          node: nodeName('a', 63),
          by: 'others',
          why: 'its phase is Abnormal',
          remediation: '3a1c01aa-person',
        },
      ],
      outOfServiceTotal: 3,
      held: [
        {
          node: nodeName('a', 17),
          remediation: '8c6f01aa-running',
          action: 'reset-nodes',
          since: ago(2 * MINUTE),
          disruptive: true,
        },
        {
          node: nodeName('a', 42),
          remediation: '8c6f02aa-verifying',
          action: 'reset-nodes',
          since: ago(8 * MINUTE),
          disruptive: true,
        },
      ],
      budget: {
        limit: 6,
        out: 3,
        free: 3,
        day: { limit: 25, spent: 4, free: 21 },
        why: '3 of 128 nodes are out of service (1 unavailable, 2 being worked on); at most 6 may be',
      },
      window: { open: true, zone: 'Asia/Shanghai' },
      waiting: [],
    },
    {
      id: TRAIN_B,
      name: 'train-b',
      reading: { at: ago(9 * MINUTE) },
      nodes: { total: 60, phases: { Available: 56, Abnormal: 4 }, states: states(TRAIN_B) },
      outOfService: [14, 15, 16, 17].map((index) => ({
        node: nodeName('b', index),
        by: 'others',
        why: 'its phase is Abnormal',
      })),
      outOfServiceTotal: 4,
      held: [],
      budget: {
        limit: 3,
        out: 4,
        free: 0,
        day: { limit: 12, spent: 5, free: 7 },
        why: '4 of 60 nodes are out of service (4 unavailable, 0 being worked on); at most 3 may be',
        exceededSince: ago(50 * MINUTE),
      },
      storm: { since: ago(21 * MINUTE), until: ahead(39 * MINUTE), nodes: 5 },
      window: {
        open: false,
        zone: 'Asia/Shanghai',
        next: '2026-12-05T22:00:00+08:00',
        rules: ['Sat 22:00 for 6 h'],
      },
      waiting: [
        {
          remediation: '8c6f04aa-waiting',
          since: ago(34 * MINUTE),
          waitsFor: 'budget',
          until: ahead(6 * MINUTE),
        },
      ],
      waitingTotal: 1,
    },
    {
      id: INFER,
      name: 'infer',
      reading: { at: ago(31_000) },
      nodes: { total: 8, phases: { Available: 8 }, states: states(INFER) },
      outOfService: [],
      held: [],
      budget: {
        limit: 1,
        out: 0,
        free: 1,
        day: { limit: 2, spent: 0, free: 2 },
        why: '0 of 8 nodes are out of service; at most 1 may be',
      },
      window: { open: true, zone: 'Europe/Berlin', next: ahead(26 * HOUR) },
      waiting: [],
    },
  ];

  const events: any[] = Array.from({ length: 40 }, (_, index) => ({
    delivery: `delivery-${index}`,
    at: ago(index * 33 * MINUTE + 2 * MINUTE),
    source: index % 5 === 0 ? 'smn' : 'alertmanager',
    sender: 'am-eu-1',
    status: 202,
    alerts: [
      {
        alert: index === 0 ? 'cd7038fcc2439232' : `f00d${String(index).padStart(12, '0')}`,
        status: index % 4 === 3 ? 'resolved' : 'firing',
        startsAt: ago(index * 33 * MINUTE + 3 * MINUTE),
        labels: { alertname: index === 7 ? NASTY : 'NT_NPU_CARD_LOSE', instance: `10.0.0.${index + 1}:9100` },
        named: [`10.0.0.${index + 1}`, nodeName('a', index + 1)],
        ...(index % 3 === 0
          ? {
              rule: 'npu-card-lost',
              pool: index % 2 === 0 ? TRAIN_A : TRAIN_B,
              remediation: remediations[index % remediations.length]?.['id'],
            }
          : {
              ignored:
                index % 3 === 1
                  ? 'no rule matches it'
                  : 'it is known already: the remediation 8c6f01aa-running goes on',
            }),
      },
    ],
  }));

  const deadLetters: any[] = [
    {
      id: 'msg-77af',
      function: 'poll-jobs',
      queue: 'poll-jobs',
      at: ago(3 * HOUR),
      reason: 'the jobs list could not be read: 503 five times',
      errors: ['503 APIGW.0201 at 10:02', '503 APIGW.0201 at 10:20'],
      remediation: '2b0006aa-failed',
      advice: 'The job was followed to its end by the sweep meanwhile. To send it back changes nothing.',
      worthRedriving: false,
    },
    {
      id: 'msg-91bc',
      function: 'notify',
      queue: 'notify',
      at: ago(40 * MINUTE),
      reason: 'https://chat.example answered 502',
      errors: ['502 Bad Gateway'],
      remediation: '3a1c01aa-person',
      advice: 'The recipient may be back: send it again.',
      worthRedriving: true,
    },
  ];

  return {
    now,
    me: {
      name: 'ada',
      role: 'admin',
      system: { simulated: true, region: 'cn-north-4', version: '1.0.0' },
    } as any,
    pools,
    nodes,
    remediations,
    events,
    deadLetters,
    acts: [] as string[],
    faults: [] as any[],
  };
}

/** The routes over a world. Decisions change it, as the real ones do. */
export function fixturesOf(world: World): Record<string, Fixture> {
  const find = (id: string | undefined) => world.remediations.find((one) => one['id'] === id);
  let sorted: { of: World['remediations']; byTime: World['remediations'] } = { of: [], byTime: [] };
  const byTime = () => {
    const { remediations } = world;
    if (sorted.of !== remediations)
      sorted = {
        of: remediations,
        byTime: remediations.toSorted((a, b) => (a['createdAt'] < b['createdAt'] ? 1 : -1)),
      };
    return sorted.byTime;
  };
  const act =
    (verb: string, state: string): Fixture =>
    ({ path, body }) => {
      const found = find(path['id']);
      if (!found) return undefined;
      world.acts.push(`${verb} ${path['id']} ${body?.hash ?? ''}`.trim());
      if (state !== '') Object.assign(found, { state, stateSince: new Date(world.now).toISOString() });
      return found;
    };
  const poolNamed = (name: string | undefined) =>
    world.pools.find(({ id, name: own }) => id === name || own === name);
  return {
    'GET /me': () => world.me,
    'GET /pools': () => ({ pools: world.pools }),
    'GET /pools/{pool}': ({ path }) => poolNamed(path['pool']),
    'GET /pools/{pool}/nodes': ({ path, query }) => {
      const pool = poolNamed(path['pool']);
      if (!pool) return undefined;
      const state = query.get('state');
      const from = Number(query.get('cursor') ?? 0);
      const limit = Number(query.get('limit') ?? 100);
      const all = (world.nodes[pool.id] ?? []).filter((node) => state === null || node.state === state);
      return {
        nodes: all.slice(from, from + limit),
        ...(all.length > from + limit && { next: String(from + limit) }),
      };
    },
    'GET /nodes/{node}': ({ path }) => {
      const node = Object.values(world.nodes)
        .flat()
        .find(({ node: name }) => name === path['node']);
      if (!node) return undefined;
      return {
        ...node,
        rounds: [
          { rule: 'npu-card-lost', used: 1, limit: 3, oldest: new Date(world.now - 4 * HOUR).toISOString() },
        ],
        alerts:
          node.state === 'well'
            ? []
            : [
                {
                  alert: 'cd7038fcc2439232',
                  name: 'NT_NPU_CARD_LOSE',
                  rule: 'npu-card-lost',
                  since: new Date(world.now - 5 * MINUTE).toISOString(),
                },
              ],
        remediations: byTime()
          .filter(({ nodes }) => nodes?.includes(node.node))
          .map(({ id, action, state, why, createdAt }) => ({ id, action, state, why, createdAt })),
        tags: { team: { value: 'speech', at: new Date(world.now - 30 * HOUR).toISOString() } },
      };
    },
    'GET /remediations': ({ query }) => {
      const wanted = query.get('state')?.split(',');
      const from = Number(query.get('cursor') ?? 0);
      const limit = Number(query.get('limit') ?? 50);
      const pool = query.get('pool');
      const all = byTime().filter(
        (one) =>
          (wanted === undefined || wanted.includes(one['state'])) &&
          (pool === null || one['pool'] === pool || poolNamed(pool)?.id === one['pool']) &&
          (query.get('rule') === null || one['rule'] === query.get('rule')) &&
          (query.get('action') === null || one['action'] === query.get('action')) &&
          (query.get('since') === null || one['createdAt'] >= query.get('since')!) &&
          (query.get('node') === null || one['nodes']?.includes(query.get('node'))),
      );
      return {
        remediations: all.slice(from, from + limit),
        ...(all.length > from + limit && { next: String(from + limit) }),
      };
    },
    'GET /remediations/{id}': ({ path }) => find(path['id']),
    'GET /events': ({ query }) => ({
      events: world.events
        .map((event) => ({
          ...event,
          alerts: event.alerts.filter(
            (alert: any) =>
              (query.get('node') === null || alert.named.includes(query.get('node'))) &&
              (query.get('address') === null || alert.named.includes(query.get('address'))) &&
              (query.get('fingerprint') === null || alert.alert === query.get('fingerprint')),
          ),
        }))
        .filter(({ alerts }) => alerts.length > 0)
        .slice(0, Number(query.get('limit') ?? 50)),
    }),
    'GET /simulator': () => ({
      settings: { speed: 60, raisesAlarms: false, clockDriftSeconds: 0, nodeFailuresPerDay: 0 },
      pools: [
        {
          id: TRAIN_A,
          name: 'train-a',
          nodes: (world.nodes[TRAIN_A] ?? []).map(({ node }) => ({
            name: node,
            phase: world.acts.some((done) => done === `break ${node}`) ? 'Abnormal' : 'Available',
            driverPhase: 'Running',
            staysBroken: false,
          })),
        },
      ],
      faults: world.faults,
      requests: [
        {
          requestId: 'r1',
          at: new Date(world.now - 1_000).toISOString(),
          method: 'GET',
          path: '/v2/p/pools',
          endpoint: 'list-nodes',
          status: 200,
          faults: [],
        },
        {
          requestId: 'r2',
          at: new Date(world.now - 9_000).toISOString(),
          method: 'POST',
          path: '/v2/p/pools/batch-reset',
          endpoint: 'batch-reset-nodes',
          status: null,
          faults: ['lost-answer'],
        },
      ],
    }),
    'POST /simulator/nodes/{name}': ({ path, body }) => {
      world.acts.push(`${body.phase === 'Abnormal' ? 'break' : 'repair'} ${path['name']}`);
      return {};
    },
    'POST /simulator/faults': ({ body }) => {
      world.faults.push({
        ...body,
        id: `f${world.faults.length}`,
        match: body.match ?? {},
        remaining: body.count,
        until: null,
      });
      return {};
    },
    'DELETE /simulator/faults': () => {
      world.faults = [];
      return {};
    },
    'PATCH /simulator': ({ body }) => {
      world.acts.push(JSON.stringify(body));
      return {};
    },
    'POST /simulator/heal': () => {
      world.acts = world.acts.filter((done) => !done.startsWith('break'));
      world.acts.push('heal');
      return {};
    },
    'GET /stats': () => ({
      groups: [
        {
          key: 'npu-card-lost',
          total: 41,
          outcomes: { succeeded: 36, escalated: 2, skipped: 3 },
          seconds: { toHealthy: { count: 36, p50: 402, p95: 1_320.5 } },
        },
        { key: null, total: 2, outcomes: { failed: 1, succeeded: 1 }, seconds: {} },
      ],
    }),
    'GET /dead-letters': () => ({ deadLetters: world.deadLetters }),
    'POST /dead-letters/{id}/redrive': ({ path }) => {
      world.acts.push(`redrive ${path['id']}`);
      world.deadLetters = world.deadLetters.filter(({ id }) => id !== path['id']);
      return {};
    },
    'POST /remediations/{id}/approve': act('approve', 'submitting'),
    'POST /remediations/{id}/reject': act('reject', 'rejected'),
    'POST /remediations/{id}/release': act('release', ''),
    'POST /remediations/{id}/withdraw': act('withdraw', 'rejected'),
  };
}

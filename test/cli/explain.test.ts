import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { systemClock } from '#lib/clock';
import { type Given, runCli } from './surroundings.ts';

const root = path.resolve(import.meta.dirname, '../..');
const NOW = Date.parse('2026-11-20T12:00:00Z');
const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const RULES = `pools:
  train-a: { id: ${POOL}, project: p1, windows: [{ start: "0 11 ? * * *", length: 2h }] }
  quarantine: { id: pool-77aa-6f5da086876d4cd084d36f8bd3346036 }
rules:
  - name: net
    when: { source: alertmanager, labels: { alertname: NT_NPU_NET } }
    node: { from: labels.instance }
    pool: train-a
    ladder: [notify: {}]
  - name: lost
    when: { source: alertmanager, labels: { alertname: NT_NPU_* }, severity: critical }
    node: { from: [labels.node, labels.instance] }
    pool: { from: labels.pool, of: [train-a] }
    mode: act
    ladder:
      - reset-nodes: {}
        verify: { healthyFor: 2m, within: 45m }
        mode: approve
      - migrate-nodes: { toPoolName: quarantine, resourceSpec: { flavor: same } }
      - notify: {}
  - name: all
    when: [{ labels: { alertname: "*" } }, { source: smn }]
    node: { from: labels.instance }
    pool: train-a
    ladder: [reset-nodes: {}]
`;
const LOST = {
  labels: {
    alertname: 'NT_NPU_CARD_LOSE',
    severity: 'critical',
    instance: '10.0.0.12:9100',
    pool: 'train-a',
  },
};
const STATE = {
  nodes: [
    { node: 'os-node-1', phase: 'Abnormal', address: '10.0.0.12', workloads: [] },
    { node: 'os-node-2', phase: 'Available', address: '10.0.0.13' },
    { node: 'os-node-3', phase: 'Available', address: '10.0.0.14' },
    { node: 'os-node-4', phase: 'Available', address: '10.0.0.15' },
  ],
};

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'explain-'));
  await writeFile(path.join(directory, 'rules.yml'), RULES);
  await writeFile(path.join(directory, 'alert.json'), JSON.stringify(LOST));
  await writeFile(path.join(directory, 'state.json'), JSON.stringify(STATE));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const explain = (args: string[], given: Given = {}) =>
  runCli(['explain', 'rules.yml', ...args], {
    directory,
    home: { root, data: directory },
    clock: { ...systemClock, now: () => NOW },
    ...given,
  });
const alert = (more: object = {}) => JSON.stringify({ ...LOST, ...more });
const words = (text: string) => text.replaceAll(/\s+/g, ' ');

type Report = {
  alerts: {
    rule?: string;
    ignored?: string;
    node?: { name?: string; why?: string };
    rules: { rule: string; answer: string }[];
    ladder?: {
      action: string;
      mode: string;
      request?: { path: string; body: unknown; incomplete: boolean };
    }[];
    guards?: { guard: string; answer: string; why: string }[];
    stateFrom?: string;
  }[];
  left: { alert: string; why: string }[];
  notes: string[];
};

async function reportOf(
  args: string[],
  given?: Given,
): Promise<Report['alerts'][number] & Pick<Report, 'notes'>> {
  const { output, errors } = await explain([...args, '--json'], given);
  expect(errors).toBe('');
  const { alerts, notes }: Report = JSON.parse(output);
  return { ...(alerts[0] ?? { rules: [] }), notes };
}

const answersIn = ({ guards = [] }: Pick<Report['alerts'][number], 'guards'>) =>
  Object.fromEntries(guards.map(({ guard, answer }) => [guard, answer]));

describe('poolkeeper explain', () => {
  test('says which rule takes an alert, and why each other one does not', async () => {
    const { output, code } = await explain(['--alert', alert(), '--offline']);
    expect(output).toContain('Rule lost takes it.');
    expect(words(output)).toContain(
      'net labels.alertname is "NT_NPU_CARD_LOSE", and the rule wants NT_NPU_NET',
    );
    expect(words(output)).toContain('all matches as well, but an earlier rule takes the alert');
    expect(output).toContain(`train-a (${POOL}), from labels.pool = train-a`);
    expect(output).toContain('10.0.0.12:9100, from labels.instance');
    expect(code).toBe(0);
  });

  test('shows each rung with its mode and its request', async () => {
    const { ladder } = await reportOf(['--alert', alert(), '--offline']);
    expect(ladder).toMatchObject([
      {
        action: 'reset-nodes',
        mode: 'approve',
        request: {
          path: `/v2/p1/pools/${POOL}/nodes/batch-reset`,
          body: { nodeNames: ['10.0.0.12'] },
          incomplete: false,
        },
      },
      // The rungs behind one that waits for a person wait, too.
      { action: 'migrate-nodes', mode: 'approve', request: { incomplete: true } },
      { action: 'notify', mode: 'approve' },
    ]);
  });

  test('says without the state of the pool which guards are not known', async () => {
    const { guards = [], notes } = await reportOf(['--alert', alert(), '--offline']);
    expect(guards.find(({ guard }) => guard === 'window')).toMatchObject({ answer: 'allows' });
    expect(guards.find(({ guard }) => guard === 'budget')).toMatchObject({
      answer: 'unknown',
      why: 'needs the state of the pool. Give --pool, or start the system',
    });
    expect(notes).toEqual([]);
    const { output } = await explain(['--alert', alert(), '--offline']);
    expect(words(output)).toMatch(/not known address, node-present, .*: needs the state of the pool\./);
  });

  test('has the guards judge the state in a file', async () => {
    const found = await reportOf(['--alert', alert(), '--pool', 'state.json']);
    expect(found.node).toMatchObject({
      name: 'os-node-1',
      why: 'os-node-1, found by its address 10.0.0.12: Abnormal',
    });
    expect(found.ladder?.[0]?.request?.body).toMatchObject({ nodeNames: ['os-node-1'] });
    expect(answersIn(found)).toMatchObject({
      window: 'allows',
      'node-phase': 'allows',
      'no-workload': 'allows',
      budget: 'allows',
      cooldown: 'unknown',
    });
  });

  test.each<[string, object, Record<string, string>]>([
    ['a node that runs a workload', { workloads: ['job-1'] }, { 'no-workload': 'waits' }],
    ['a node whose workloads are not given', { workloads: undefined }, { 'no-workload': 'unknown' }],
    ['a node in work', { phase: 'Creating' }, { 'node-phase': 'waits' }],
    [
      'a node with a hold',
      { hold: { remediation: 'r-1', since: '2026-11-20T11:50:00Z' } },
      { 'one-at-a-time': 'waits' },
    ],
    [
      'a node with a history',
      { history: { remediation: 'r-0', action: 'reset-nodes', calledAt: '2026-11-20T11:50:00Z' } },
      { cooldown: 'waits', rounds: 'allows' },
    ],
    [
      'a node with rounds',
      { rounds: [{ rule: 'lost', used: 3, oldest: '2026-11-19T11:50:00Z' }] },
      { rounds: 'hands-over' },
    ],
  ])('judges %s', async (_, more, expected) => {
    const [first, ...others] = STATE.nodes;
    const file = path.join(directory, 'other.json');
    await writeFile(file, JSON.stringify({ nodes: [{ ...first, ...more }, ...others] }));
    expect(answersIn(await reportOf(['--alert', alert(), '--pool', 'other.json']))).toMatchObject(expected);
  });

  test('judges a storm, a full budget, and nodes that share an address', async () => {
    const [first, second, ...others] = STATE.nodes;
    const file = path.join(directory, 'other.yml');
    await writeFile(
      file,
      JSON.stringify({
        nodes: [first, { ...second, address: '10.0.0.12', phase: 'Abnormal' }, ...others],
        pool: {
          storm: { since: '2026-11-20T11:50:00Z', until: '2026-11-20T12:10:00Z', nodes: 9 },
          budget: { day: { spent: 7 } },
        },
      }),
    );
    const found = await reportOf(['--alert', alert(), '--pool', 'other.yml']);
    expect(answersIn(found)).toMatchObject({ storm: 'waits', address: 'hands-over' });
    expect(found.node?.why).toBe('os-node-1, os-node-2 all have 10.0.0.12: a person must decide');
  });

  test.each([
    ['an alert without a rule', { labels: { x: 'y' } }, 'no rule matches it'],
    [
      'one without a node',
      { labels: { alertname: 'NT_NPU_NET' } },
      'rule net takes the node from labels.instance',
    ],
    [
      'one of another pool',
      { labels: { ...LOST.labels, pool: 'quarantine' } },
      'rule lost is for train-a, and the alert names pool quarantine',
    ],
  ])('ends with 1 for %s', async (_, more, why) => {
    const { output, code } = await explain(['--alert', alert(more), '--offline']);
    expect(words(output)).toContain(`Ignored ${why}`);
    expect(code).toBe(exitCodes.finding.code);
  });

  test('names the first unmet condition of each entry of a list', async () => {
    const { output } = await explain(['--alert', alert({ labels: { x: 'y' } }), '--offline']);
    expect(words(output)).toContain(
      'all labels.alertname is absent, and the rule wants *; and source is "alertmanager", and the rule wants smn',
    );
  });

  test('does nothing for a resolved alert', async () => {
    const { output } = await explain(['--alert', alert({ status: 'resolved' }), '--offline']);
    expect(output).toContain('it begins nothing');
    expect(output).not.toContain('The guards of');
  });
});

function isLost({ output }: { output: string }): void {
  expect(output).toContain('Rule lost takes it.');
}

describe('the alert is read from', () => {
  test('a file, standard input, and a notification', async () => {
    isLost(await explain(['--alert', 'alert.json', '--offline']));
    isLost(await explain(['--alert', '-', '--offline'], { input: alert() }));
    const notification = {
      version: '4',
      status: 'firing',
      alerts: [{ status: 'firing', startsAt: '2026-11-20T11:00:00Z', ...LOST, annotations: {} }],
    };
    isLost(await explain(['--alert', JSON.stringify(notification), '--offline']));
  });

  test.each([
    [
      { source: 'scheduled-event', event: 'node_redeploy', labels: { state: 'inquiring' } },
      'scheduled-event',
    ],
    [{ source: 'kubernetes', labels: { node: 'n' }, severity: 'SeparateNPU' }, 'kubernetes'],
    [
      { specversion: '1.0', id: '1', source: '/x', type: 'io.poolkeeper.alert.firing', data: LOST },
      'cloudevents',
    ],
    [
      {
        verb: 'ADDED',
        event: {
          involvedObject: { kind: 'Node', name: 'n' },
          message: 'Node condition NT_NPU_CARD_LOSE is now: True',
        },
      },
      'kubernetes',
    ],
    [[{ event_name: 'ma-node-npu-lost', ends_at: 0 }], 'smn'],
    [{ events: [{ event_name: 'ma-node-npu-lost', ends_at: 0 }] }, 'smn'],
  ])('%j, which is of %s', async (given, source) => {
    const { output } = await explain(['--alert', JSON.stringify(given), '--offline']);
    expect(output).toContain(` of ${source}, firing`);
  });

  test('each sample of an alert', async () => {
    const names = (await readdir(path.join(root, 'events'), { recursive: true }))
      .filter((name) => /^(alerts|smn|cloudevents|kubernetes|eventbridge)\/.*\.json$/.test(name))
      .filter((name) => !/confirmation|cloud-eye-template/.test(name));
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const { output, errors } = await explain(['--alert', name, '--offline', '--json']);
      expect(errors, name).toBe('');
      const { alerts, left }: Report = JSON.parse(output);
      expect(alerts.length + left.length, name).toBeGreaterThan(0);
    }
  });

  test.each([
    ['{', 'The alert is not JSON'],
    ['[]', 'must be a JSON object'],
    ['{"x":1}', 'has the shape of no source'],
    ['nosuch', 'There is no file and no sample nosuch'],
    ['{"alerts":7}', 'The alert cannot be read'],
  ])('%s is refused, and the message says the remedy', async (given, says) => {
    const { errors, code } = await explain(['--alert', given, '--offline']);
    expect(errors).toContain(says);
    expect(code).toBe(exitCodes.usage.code);
  });

  test('nothing, and that is refused', async () => {
    const { errors, code } = await explain([]);
    expect(errors).toContain('Give the alert');
    expect(code).toBe(exitCodes.usage.code);
  });
});

describe('a running system', () => {
  let server: Server;
  let answers: Record<string, unknown> = {};
  let environment: Record<string, string> = {};
  beforeAll(async () => {
    server = createServer((request, response) => {
      const isKnown = request.headers.authorization === 'Bearer secret';
      const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
      response.statusCode = isKnown ? (answer === undefined ? 404 : 200) : 401;
      response.end(JSON.stringify(isKnown && answer !== undefined ? answer : { title: 'No', detail: 'no' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    environment = { POOLKEEPER_URL: `http://127.0.0.1:${port}`, POOLKEEPER_CONSOLE_TOKEN: 'secret' };
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('is asked for its pool, its nodes and the history of the node', async () => {
    const at = `/pools/${POOL}`;
    answers = {
      [at]: { id: POOL, storm: { since: '2026-11-20T11:50:00Z', until: '2026-11-20T12:10:00Z', nodes: 9 } },
      [`${at}/nodes`]: { nodes: STATE.nodes.map((node) => ({ ...node, workloads: undefined })) },
      '/nodes/10.0.0.12': {
        ...STATE.nodes[0],
        workloads: undefined,
        history: { remediation: 'r-0', action: 'reset-nodes', calledAt: '2026-11-20T11:50:00Z' },
        rounds: [],
      },
    };
    const found = await reportOf(['--alert', alert()], { environment });
    expect(found.stateFrom).toBe(environment['POOLKEEPER_URL']);
    expect(answersIn(found)).toMatchObject({
      storm: 'waits',
      cooldown: 'waits',
      'no-workload': 'unknown',
      budget: 'allows',
    });
  });

  test('that does not have the pool, or refuses, leaves the state unknown and says so', async () => {
    answers = {};
    const absent = await reportOf(['--alert', alert()], { environment });
    expect(absent.notes).toEqual([expect.stringContaining('do not have pool train-a')]);
    expect(answersIn(absent)).toMatchObject({ budget: 'unknown' });
    const refused = await reportOf(['--alert', alert()], {
      environment: { ...environment, POOLKEEPER_CONSOLE_TOKEN: 'wrong' },
    });
    expect(refused.notes).toEqual([expect.stringContaining('The state of pool train-a is not known: 401')]);
  });

  test('is the one of --url and --token-file', async () => {
    answers = { [`/pools/${POOL}`]: { id: POOL }, [`/pools/${POOL}/nodes`]: { nodes: STATE.nodes } };
    const file = path.join(directory, 'token');
    await writeFile(file, 'secret\n', { mode: 0o600 });
    const url = environment['POOLKEEPER_URL'] ?? '';
    const found = await reportOf(['--alert', alert(), '--url', `${url}/`, '--token-file', file]);
    expect(found).toMatchObject({ stateFrom: url, notes: [] });
  });

  test('that is named and has no token is an error, and none that is named is not', async () => {
    const { POOLKEEPER_URL: url = '' } = environment;
    const named = await explain(['--alert', alert(), '--url', url]);
    expect(named.errors).toContain(`There is no token for ${url}`);
    expect(named.code).toBe(exitCodes.credential.code);
    expect((await reportOf(['--alert', alert()])).stateFrom).toBeUndefined();
  });
});

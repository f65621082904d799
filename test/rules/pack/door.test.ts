import { describe, expect, test } from 'vitest';
import { packNames, rowsIn } from '#lib/rules/pack/packs';
import { type FaultRow, ruleNameOf, type Step } from '#lib/rules/pack/row';
import { samplesOf } from '#local/send/pack-sample';
import { knock } from '#test/receiving/knock';
import { createSmnDoor } from '#test/receiving/smn-bench';
import { POOL } from '#test/remediation/bench';
import { TOPIC } from '#test/smn/samples';

const QUARANTINE = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';
const node = { name: 'os-node-created-00007', address: '10.0.0.7', serverId: 'ed5e8d39-9301' };

const rulesWith = (settings: string, more = '') => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  quarantine: { id: ${QUARANTINE} }
sources: { smn: { topics: ["${TOPIC}"] } }
extends: pack/npu
pack: { pool: train-a, ${settings} }
${more}`;

/** A door with these rules. `send` delivers a payload as its sender does, and lets the functions work on it for a minute. */
function openDoor(rulesText: string) {
  const door = createSmnDoor(rulesText);
  const { bench } = door;
  bench.pools.set(QUARANTINE, { nodes: new Map(), clusters: ['cluster-q'] });
  for (const one of bench.nodes.values()) one.flavor = 'modelarts.bm.npu.arm.8snt9b';
  const authorization = 'Bearer a-good-token-of-thirty-two-chars-or-more';
  async function send(payload: Record<string, unknown>) {
    const answer =
      'alerts' in payload
        ? await knock(door.services, bench, {
            source: 'alertmanager',
            headers: { authorization },
            body: payload,
          })
        : await door.deliver(
            door.message({ subject: payload['subject'], message: JSON.stringify(payload['message']) }),
          );
    await bench.advance(60_000);
    return answer.body as { remediations: { rule: string }[]; ignored: unknown[] };
  }
  return { ...door, send };
}

const rows = rowsIn(packNames).map((row) => [ruleNameOf(row), row] as const);

/** The ledger's remediations for each step after a minute, if every rule acts and a pool for faulty nodes is named. */
const LADDERS: Record<Step, unknown[]> = {
  restart: [{ action: 'reset-nodes', state: 'awaiting-approval', mode: 'approve' }],
  'take-out': [
    { action: 'notify', state: 'escalated', mode: 'act' },
    { action: 'migrate-nodes', state: 'running', mode: 'act' },
  ],
  person: [{ action: 'notify', state: 'needs-human', mode: 'act' }],
  record: [{ action: 'notify', state: 'observed', mode: 'observe' }],
};

describe('the sample alert of a row, sent through the front door', () => {
  test.each(rows)('starts the ladder of its step: %s', async (rule, row: FaultRow) => {
    for (const { payload } of samplesOf(row, node)) {
      const { bench, send } = openDoor(rulesWith('mode: act, quarantine: quarantine'));
      const { remediations, ignored } = await send(payload);
      expect(ignored).toEqual([]);
      expect(remediations).toMatchObject([{ rule }]);
      const shown = bench.remediations().toSorted((a, b) => (a.ladder?.rung ?? 0) - (b.ladder?.rung ?? 0));
      expect(shown).toMatchObject(LADDERS[row.step]);
      expect(bench.resets()).toEqual([]);
      const notes = shown.filter(({ action }) => action === 'notify').map(({ parameters }) => parameters);
      for (const { note } of notes) expect(note).toBe(`${row.detects} Huawei's advice: ${row.advice}`);
      for (const { plan } of shown) if (plan) expect(plan.request).toMatchObject({ nodeNames: [node.name] });
    }
  });
});

const CARD_LOST = samplesOf(rows.find(([name]) => name === 'NT_NPU_CARD_LOSE')![1], node)[0].payload;

describe('a pack', () => {
  test('only observes unless its settings say more', async () => {
    const { bench, send } = openDoor(rulesWith(''));
    await send(CARD_LOST);
    expect(bench.remediations()).toMatchObject([{ action: 'reset-nodes', state: 'observed' }]);
    expect(bench.requests.filter(({ endpoint }) => !/^(list|show)/.test(endpoint))).toEqual([]);
  });

  test('resets without an approval only where the user says so', async () => {
    const { bench, send } = openDoor(rulesWith('mode: act, resets: act'));
    await send(CARD_LOST);
    expect(bench.remediations()).toMatchObject([{ action: 'reset-nodes', state: 'running', mode: 'act' }]);
    expect(bench.resets()).toHaveLength(1);
  });

  test('moves no node without a pool for faulty nodes', async () => {
    const { bench, send } = openDoor(rulesWith('mode: act, resets: act'));
    await send(CARD_LOST);
    bench.endJob('job-1', 'Failed', { [node.name]: 'Abnormal' });
    await bench.advance(120_000);
    expect(bench.remediations()).toMatchObject([
      { action: 'reset-nodes', state: 'escalated' },
      { action: 'notify', state: 'needs-human' },
    ]);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
  });

  test('moves the node to the pool for faulty nodes if a reset does not help', async () => {
    const { bench, send } = openDoor(rulesWith('mode: act, resets: act, quarantine: quarantine'));
    await send(CARD_LOST);
    bench.endJob('job-1', 'Failed', { [node.name]: 'Abnormal' });
    await bench.advance(120_000);
    expect(bench.bodies('batchMigrateNodes')).toMatchObject([
      { migrateNodeNames: [node.name], toPoolName: QUARANTINE },
    ]);
  });

  test('gives way to a rule of the file for the same alert', async () => {
    const own = `rules:
  - name: mine
    when: { labels: { condition: NT_NPU_* } }
    node: { from: labels.node }
    pool: train-a
    ladder: [ { notify: {} } ]`;
    const { send } = openDoor(rulesWith('mode: act', own));
    expect((await send(CARD_LOST)).remediations).toMatchObject([{ rule: 'mine' }]);
  });

  test('lets a rule be changed by its name', async () => {
    const { bench, send } = openDoor(
      rulesWith(
        'mode: observe',
        'rules: [{ name: NT_NPU_CARD_LOSE, mode: act, ladder: [ { reset-nodes: {} } ] }]',
      ),
    );
    await send(CARD_LOST);
    expect(bench.remediations()).toMatchObject([{ action: 'reset-nodes', state: 'running' }]);
  });
});

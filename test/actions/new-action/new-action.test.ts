import './declared.ts';

import { describe, expect, test } from 'vitest';
import { commandJsonSchema } from '#events/command-json-schema';
import type { ActionDefinition } from '#lib/actions/action';
import { type Action, actions, mayBeSentTwice } from '#lib/actions/traits';
import { poolGuards } from '#lib/capacity/pool-guards';
import { oneBearer } from '#lib/guards/address';
import { alertFiring, evidenceAge } from '#lib/guards/evidence';
import { nodePhase, nodePresent, noWorkload } from '#lib/guards/node';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import { verifications } from '#lib/implementations';
import { parseRules } from '#lib/rules/parse/parse';
import { withFasterClock } from '#lib/rules/speed-up';
import { verifyNode } from '#lib/verification/verify-node';
import { declaredFunctions } from '#local/stack/functions';
import { receiptLines } from '#local/story/receipt-lines';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { live } from '../../sweep/mortal.ts';
import { BatchRebootNodesRequest, rebootNodesTraits } from './declared.ts';

const NAME = rebootNodesTraits.name as unknown as Action;
const NODE = nodeName(7);
const MINUTE = 60_000;

const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: hangs
    when: { labels: { alertname: Hangs } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder:
      - reboot-nodes: {}
        verify: { healthyFor: 2m, within: 20m }
        deadline: 30m
schedules:
  - name: every-month
    cron: 0 3 1 * ? *
    reboot-nodes: { pool: train-a, nodes: { nodePool: np-1 } }
deadlines: { reboot-nodes: 25m }
polling: { first: 90s, every: 30s }
`;

const rebootNodes: ActionDefinition<BatchRebootNodesRequest> = {
  action: NAME,
  reads: ['workloads'],
  guards: [
    evidenceAge,
    alertFiring,
    oneBearer,
    nodePresent,
    nodePhase,
    noWorkload,
    ...nodeHistoryGuards,
    ...poolGuards,
  ],
  terms: ({ remediation }) => remediation.parameters,
  request: (nodeNames, terms) => BatchRebootNodesRequest.parse({ nodeNames, ...terms }),
  send: async (client, { pool }, body, options) => ({
    kind: 'job',
    ...(await client.send(rebootNodesTraits.endpoint, { path: { pool_name: pool }, body }, options)),
  }),
};
Object.assign(verifications, { [NAME]: verifyNode });

describe('an action that is in the catalogue', () => {
  test('is in the schema of commands, and in the one of the rules file', () => {
    expect(JSON.stringify(commandJsonSchema())).toContain('"const":"reboot-nodes"');
    const { rules, schedules, deadlinesMs } = parseRules(RULES, 'rules.yml');
    expect(rules[0]!.ladder).toEqual([
      {
        action: NAME,
        parameters: {},
        verify: { healthyForMs: 2 * MINUTE, withinMs: 20 * MINUTE },
        deadlineMs: 30 * MINUTE,
      },
    ]);
    expect(schedules).toMatchObject([{ action: NAME, pool: 'train-a', nodes: { nodePool: ['np-1'] } }]);
    expect(deadlinesMs[NAME]).toBe(25 * MINUTE);
    expect(parseRules(RULES.replace(/^deadlines.*$/m, ''), 'rules.yml').deadlinesMs[NAME]).toBe(20 * MINUTE);
  });

  test('has a faster deadline in a faster world', () => {
    expect(withFasterClock(parseRules(RULES, 'rules.yml'), 10).deadlinesMs[NAME]).toBe(2.5 * MINUTE);
  });

  test('has a step after a resolution only where its mode says that this is meant', () => {
    const step = RULES.replace('    ladder:', '    onResolved: [ { reboot-nodes: {} } ]\n    ladder:');
    expect(() => parseRules(step, 'rules.yml')).toThrow(
      'reboot-nodes would run on a node whose alert has resolved',
    );
  });

  test('may be sent twice only if its endpoint says so', () => {
    expect(actions).toContain(NAME);
    expect(mayBeSentTwice(NAME)).toBe(false);
  });

  test('has a function in the stack, and every function that sends commands may send to it', () => {
    const own = declaredFunctions.find(({ name }) => name === NAME);
    expect(own).toMatchObject({ description: 'Restarts nodes, once, and hands the job to poll-jobs' });
    const senders = declaredFunctions.filter(({ sendsTo }) => sendsTo.includes(NAME)).map(({ name }) => name);
    expect(senders).toEqual(
      expect.arrayContaining(['receive-alert', 'console', 'sweep', 'poll-jobs', 'reset-nodes', NAME]),
    );
  });
});

describe('a command of it', () => {
  test('leads from an alert to a node that is well', async () => {
    const bench = createBench(RULES, rebootNodes);
    await bench.receive(firing(NODE, { alertname: 'Hangs' }));
    await bench.advance(5_000);
    expect(bench.bodies('batchRebootNodes')).toEqual([{ nodeNames: [NODE] }]);
    expect(bench.leased()).toEqual([NODE]);
    const pool = bench.store.documents().find(({ pk }) => pk.startsWith('pool#'));
    expect(JSON.stringify(pool?.['value'])).toContain(NODE);
    expect(bench.remediations()).toMatchObject([{ action: NAME, state: 'running', jobId: 'job-1' }]);

    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'succeeded', outcomes: { [NODE]: { state: 'succeeded' } } });
    expect(bench.leased()).toEqual([]);
    const story = receiptLines(remediation!.receipts, remediation!, { guards: 'sum' });
    expect(story.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['batch-reboot sent', 'job succeeded', 'node healthy']),
    );
  });

  test('waits while the budget of the pool has no place', async () => {
    const bench = createBench(RULES.replace('maxUnavailable: 100%', 'maxUnavailable: 2'), rebootNodes);
    await bench.receive(firing(NODE, { alertname: 'Hangs' }));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([{ action: NAME, state: 'deferred' }]);
    expect(bench.bodies('batchRebootNodes')).toEqual([]);
  });

  test('leaves its node alone for a cooldown afterwards', async () => {
    const bench = createBench(RULES, rebootNodes);
    await bench.receive(firing(NODE, { alertname: 'Hangs' }));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.command({
      id: 'again',
      action: NAME,
      pool: POOL,
      nodes: [NODE],
      parameters: {},
      mode: 'act',
    });
    await bench.advance(5_000);
    const again = bench.remediations().find(({ id }) => id === 'again')!;
    expect(again.receipts).toContainEqual(
      expect.objectContaining({ step: 'guard', guard: 'cooldown', allowed: false }),
    );
    expect(bench.bodies('batchRebootNodes')).toHaveLength(1);
  });
});

describe('a call of it whose answer was lost', () => {
  test('is not sent again, and finds its job by its type', async () => {
    const bench = createBench(RULES, rebootNodes);
    bench.api.after = (endpoint) => {
      if (endpoint !== 'batchRebootNodes') return;
      // The jobs name no nodes: their types alone tell them apart.
      bench.jobs[0]!.text = '';
      bench.jobs.push({ ...bench.jobs[0]!, jobId: 'reset-by-somebody', type: 'reset-nodes' });
      bench.jobs.push({ ...bench.jobs[0]!, jobId: 'replaced-by-somebody', type: 'replace-node' });
      throw apiError(endpoint, { outcome: 'unknown', transient: true });
    };
    await bench.receive(firing(NODE, { alertname: 'Hangs' }));
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'running', jobId: 'job-1' }]);

    bench.jobs[0]!.phase = 'Success';
    bench.nodes.get(NODE)!.phase = 'Available';
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.bodies('batchRebootNodes')).toHaveLength(1);
  });

  test('is not sent again either when the process died before it could record anything', async () => {
    const bench = createBench(RULES, rebootNodes);
    const { put } = bench.store;
    let isDead = false;
    bench.api.after = (endpoint) => {
      isDead ||= endpoint === 'batchRebootNodes';
    };
    bench.store.put = (document, version) =>
      isDead ? Promise.reject(new Error('killed')) : put(document, version);
    await bench.receive(firing(NODE, { alertname: 'Hangs' }));
    await bench.advance(5_000);
    expect(isDead).toBe(true);
    bench.store.put = put;
    bench.api.after = () => {};

    await live(bench, 25 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'running', jobId: 'job-1' }]);
    bench.endJob('job-1');
    await live(bench, 10 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.bodies('batchRebootNodes')).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { differences } from './same-shape.ts';
import { firstNode, startTrial, type Trial, trainA } from './trial.ts';
import { vendorExamples } from './vendor-examples.ts';

const update = (trial: Trial, nodeNames: readonly string[], body: object) =>
  trial.call('POST', `/pools/${trainA}/nodes/batch-update`, { body: { nodeNames, ...body } });
const stateOf = (trial: Trial, name: string) =>
  trial.simulator.control.state().pools[0]?.nodes.find((node) => node.name === name);
const tags = [
  { key: 'CostCenter', value: '4711' },
  { key: 'Größe', value: 'a b_.:=+-@' },
];

describe('batch-update', () => {
  it('opens and closes HA redundancy, which shows as a label', async () => {
    await using trial = await startTrial();
    const label = async () =>
      (await trial.get(`/pools/${trainA}/nodes/${firstNode}`)).body.metadata.labels[
        'os.modelarts.node/ha.redundant.enabled'
      ];
    const { status, body } = await update(trial, [firstNode], {
      action: 'openHaRedundant',
      haRedundantEnable: true,
    });
    expect([status, differences(body, vendorExamples.batchUpdate)]).toEqual([200, []]);
    expect(await label()).toBe('true');
    await update(trial, [firstNode], { action: 'closeHaRedundant' });
    expect(await label()).toBe('false');
  });

  it('creates tags over old ones, and deletes only those whose value is the same', async () => {
    await using trial = await startTrial();
    await update(trial, [firstNode], { action: 'createTags', tags: [{ key: 'CostCenter', value: '1' }] });
    await update(trial, [firstNode], { action: 'createTags', tags });
    expect(stateOf(trial, firstNode)?.tags).toEqual({ CostCenter: '4711', Größe: 'a b_.:=+-@' });
    await update(trial, [firstNode], {
      action: 'deleteTags',
      tags: [
        { key: 'CostCenter', value: '1' },
        { key: 'Größe', value: 'a b_.:=+-@' },
      ],
    });
    expect(stateOf(trial, firstNode)?.tags).toEqual({ CostCenter: '4711' });
  });

  it('fails nodes for themselves inside a 200: busy ones, running ones for HA, and those that a fault names', async () => {
    await using trial = await startTrial();
    const [first = '', second = '', third = '', fourth = ''] = trial.nodeNames();
    trial.simulator.control.changeNode(first, { phase: 'Checking' });
    trial.simulator.control.changeNode(second, { workload: 'llm-7' });
    trial.simulator.control.addFault({ kind: 'partial-update', match: { node: third } });
    const { status, body } = await update(trial, [first, second, third, fourth], {
      action: 'openHaRedundant',
    });
    expect(status).toBe(200);
    expect(body.successNodeNames).toEqual([{ name: fourth, status: 'success' }]);
    expect(body.failNodeNames).toEqual([first, second, third].map((name) => ({ name, status: 'failed' })));
    expect(stateOf(trial, third)?.haRedundant).toBe(false);
  });

  it('answers with strings instead of objects when told so', async () => {
    await using trial = await startTrial({ batchUpdateAnswer: 'strings' });
    const [first = '', second = ''] = trial.nodeNames();
    trial.simulator.control.changeNode(second, { phase: 'Creating' });
    const { body } = await update(trial, [first, second], { action: 'createTags', tags });
    expect(body).toEqual({ successNodeNames: [first], failNodeNames: [second] });
  });

  it.each([
    ['an unknown action', { action: 'reboot' }, 400, 'action'],
    ['no tags', { action: 'createTags' }, 400, 'tags'],
    ['a tag without a value', { action: 'deleteTags', tags: [{ key: 'a' }] }, 400, 'tags[0].value'],
    [
      'a tag that starts with sys',
      { action: 'createTags', tags: [{ key: 'sysA', value: '' }] },
      400,
      'tags[0].key',
    ],
    [
      'a tag that starts with _sys_',
      { action: 'createTags', tags: [{ key: '_sys_a', value: '' }] },
      400,
      'tags[0].key',
    ],
    [
      'a tag with a space at its end',
      { action: 'createTags', tags: [{ key: 'a ', value: '' }] },
      400,
      'tags[0].key',
    ],
    [
      'a forbidden character',
      { action: 'createTags', tags: [{ key: 'a', value: 'b/c' }] },
      400,
      'tags[0].value',
    ],
    ['a contradiction', { action: 'openHaRedundant', haRedundantEnable: false }, 400, 'haRedundantEnable'],
    [
      'an unknown effect',
      { action: 'openHaRedundant', haRedundantEffect: 'Never' },
      400,
      'haRedundantEffect',
    ],
    ['an unknown node', { action: 'openHaRedundant', nodeNames: ['os-node-none'] }, 404, 'os-node-none'],
  ])('refuses %s', async (_what, change, status, named) => {
    await using trial = await startTrial();
    const answer = await update(trial, [firstNode], change);
    expect(answer.status).toBe(status);
    expect(answer.body.error_msg).toContain(named);
  });

  it('refuses HA redundancy in a pool of one node', async () => {
    await using trial = await startTrial({ nodes: 1 });
    expect((await update(trial, [firstNode], { action: 'openHaRedundant' })).status).toBe(400);
  });
});

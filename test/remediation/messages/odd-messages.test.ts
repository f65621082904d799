import { describe, expect, test } from 'vitest';
import { createBench, nodeName } from '#test/remediation/bench';

const command = (node: string, more: object = {}) => ({
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: [node],
  parameters: {},
  mode: 'act',
  ...more,
});
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const withReason = (reason: string) =>
  JSON.stringify(command(nodeName(2))).replace(/\}$/, `,"reason":{"a":${reason}}}`);

describe('a message that cannot be read is a dead letter with its reason, and its neighbours are dealt with', () => {
  test.each([
    ['a reason nested 5,000 levels deep', withReason(nested(5_000)), 'nested more than 32 levels deep'],
    ['a reason nested 20 levels deep', withReason(nested(20)), 'reason: is nested more than 16 levels deep'],
    ['a reason of 600 values', withReason(`[${'1,'.repeat(600)}1]`), 'reason: holds more than 500 values'],
    ['a reason of 20 KB', withReason(`"${'x'.repeat(20_000)}"`), 'reason: holds more than 16384 bytes'],
    ['a message of more than 1 MiB', `"${'x'.repeat(1024 * 1024)}"`, 'the limit is 1048576'],
    [
      'a time after the year 9999',
      command(nodeName(2), { evidenceAt: '9999-12-31T23:59:59-23:59' }),
      'evidenceAt: must be a time between the years 1970 and 2100',
    ],
    [
      'a time before the year 0',
      command(nodeName(2), { evidenceAt: '0000-01-01T00:00:00+23:59' }),
      'evidenceAt: must be a time between the years 1970 and 2100',
    ],
    ['a name of a pool that no key holds', command(nodeName(2), { pool: 'p'.repeat(5_000) }), 'pool: '],
    ['a name that every object has', command('constructor'), 'nodes[0]: must be another name'],
    ['another of them', JSON.stringify(command(nodeName(2))).replace(nodeName(2), '__proto__'), 'nodes[0]: '],
    ['no JSON', '{', 'the message is not JSON'],
  ])('%s', async (_, bad, why) => {
    const bench = createBench();
    await bench.command(command(nodeName(1)));
    await bench.command(bad);
    await bench.command(command(nodeName(3)));
    await bench.drain('commands');
    expect(bench.queues.commands).toEqual([]);
    expect(bench.queues.deadLetters.map(({ attributes }) => attributes?.['reason'])).toEqual([
      expect.stringContaining(why),
    ]);
    expect(bench.resets().flatMap(({ body }) => body.nodeNames)).toEqual([nodeName(1), nodeName(3)]);
  });

  test('among the messages to follow calls', async () => {
    const bench = createBench();
    await bench.command(command(nodeName(1)));
    await bench.drain('commands');
    const callId = 'c'.repeat(5_000);
    const dueAt = new Date(bench.now()).toISOString();
    const bad = { callId, pool: 'p', probe: { kind: 'state' }, look: 0, dueAt };
    await bench.services.follow.send([{ body: JSON.stringify(bad) }, { body: nested(5_000) }]);
    bench.stand(90_000);
    await bench.drain('follow');
    expect(bench.queues.deadLetters).toHaveLength(2);
    // The call of the neighbour was looked at, and is followed on.
    expect(bench.queues.follow).toHaveLength(1);
  });
});

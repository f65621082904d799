import { describe, expect, test } from 'vitest';
import { release } from '#lib/console/release';
import { handOverBuried } from '#lib/remediation/execution/act';
import { STRANDED_MS } from '#lib/sweep/age';
import { MAX_SENT_AGAIN } from '#lib/sweep/stranded-commands';
import { createBench, firing, nodeName } from '#test/remediation/bench';
import { live, runSweep } from '../../sweep/mortal.ts';

const MINUTE = 60_000;
const NODE = nodeName(1);
const COMMAND = { action: 'reset-nodes', pool: 'train-a', nodes: [NODE], parameters: {}, mode: 'act' };

type Bench = ReturnType<typeof createBench>;

/** Puts a fault into the ledger: no call can be prepared. */
function breakCalls(bench: Bench, messages = ['the table is throttled', 'the table is gone']): () => void {
  const { put } = bench.store;
  let faults = 0;
  bench.store.put = (document, version) => {
    if (!document.pk.startsWith('call#')) return put(document, version);
    faults += 1;
    const message = messages[Math.min(faults, messages.length) - 1];
    return Promise.reject(new Error(message, { cause: new TypeError('fetch failed') }));
  };
  return () => void (bench.store.put = put);
}

/** Lets a message be delivered, and fail, until it is a dead letter. */
async function buried(bench: Bench): Promise<() => void> {
  const mend = breakCalls(bench);
  for (let deliveries = 0; deliveries < 5; deliveries += 1) await bench.advance(6 * MINUTE, MINUTE);
  expect(bench.queues.commands).toEqual([]);
  expect(bench.queues.deadLetters).toHaveLength(1);
  return mend;
}

describe('a message that fails every time', () => {
  test('is buried by its function at the last delivery, with its first and last error', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await buried(bench);
    expect(bench.queues.deadLetters[0]!.attributes).toEqual({
      reason:
        'it failed 5 times, the last time with: Error: the table is gone, because of TypeError: fetch failed',
      messageId: 'm1',
      sentAt: expect.any(String),
      buriedAt: expect.stringMatching(/^2026-11-20T10:2\d/),
      firstError: 'Error: the table is throttled, because of TypeError: fetch failed',
      firstErrorAt: '2026-11-20T10:01:00.000Z',
      lastError: 'Error: the table is gone, because of TypeError: fetch failed',
      lastErrorAt: expect.stringMatching(/^2026-11-20T10:2\d/),
      receives: '5',
    });
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('among the dead letters: it failed 5 times') },
    ]);
    // Nothing was called, and nothing keeps the node from others.
    await live(bench, 20 * MINUTE);
    expect(bench.leased()).toEqual([]);
    expect(bench.resets()).toEqual([]);
  });

  test('goes on when it is sent back, as the same command, also one without an id', async () => {
    const bench = createBench();
    await bench.command(COMMAND);
    const mend = await buried(bench);
    mend();
    const [letter] = bench.queues.deadLetters;
    expect(JSON.parse(letter!.body)).toMatchObject({ id: 'message-m1' });
    await bench.command(letter!.body);
    await bench.command(letter!.body);
    await bench.advance(MINUTE);
    expect(bench.resets()).toHaveLength(1);
    bench.endJob('job-1');
    await bench.advance(3 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ id: 'message-m1', state: 'succeeded' }]);
    expect(bench.remediations()[0]!.receipts.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['handed-over', 'redrive']),
    );
  });

  test('is not taken up again once a call of it may have been sent', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    const [message] = bench.queues.commands;
    // It dies right after the intent, and every time that it looks at it again.
    const { send } = bench.services.follow;
    bench.services.follow.send = () => Promise.reject(new Error('SQS does not answer'));
    for (let deliveries = 0; deliveries < 5; deliveries += 1) await bench.advance(6 * MINUTE, MINUTE);
    bench.services.follow.send = send;
    await live(bench, 30 * MINUTE, () => {
      for (const { jobId, phase } of bench.jobs) if (phase === 'Running') bench.endJob(jobId);
    });
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    await bench.command(message!.body);
    await bench.advance(MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });

  test('is left to its queue where it cannot be buried, and is not lost', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    breakCalls(bench);
    bench.services.deadLetters.send = () => Promise.reject(new Error('SQS does not answer'));
    for (let deliveries = 0; deliveries < 5; deliveries += 1) await bench.advance(6 * MINUTE, MINUTE);
    expect(bench.queues.commands).toMatchObject([{ receives: 5 }]);
    expect(bench.remediations()).toMatchObject([{ state: 'submitting' }]);
  });

  test('is buried also when the ledger takes nothing at all', async () => {
    const bench = createBench();
    bench.store.put = () => Promise.reject(new Error('the table is gone'));
    bench.store.get = () => Promise.reject(new Error('the table is gone'));
    await bench.command({ ...COMMAND, id: 'c-1' });
    for (let deliveries = 0; deliveries < 5; deliveries += 1) await bench.advance(6 * MINUTE, MINUTE);
    expect(bench.queues.deadLetters).toMatchObject([
      { attributes: { firstError: 'Error: the table is gone', receives: '5' } },
    ]);
  });

  test('harms no neighbour, and a success costs no write', async () => {
    const bench = createBench();
    await bench.command({ ...COMMAND, id: 'fine' });
    await bench.command('{');
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ id: 'fine', state: 'running' }]);
    expect(bench.store.documents().filter(({ pk }) => pk.startsWith('failure#'))).toEqual([]);
    expect(bench.queues.deadLetters).toMatchObject([{ body: '{', attributes: { messageId: 'm2' } }]);
  });
});

/** Its function dies over it without a word, again and again. */
async function givenUp() {
  const bench = createBench();
  await bench.command({ ...COMMAND, id: 'c-1' });
  const mend = breakCalls(bench);
  await bench.advance(5_000);
  const [message] = bench.queues.commands;
  async function strand(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      bench.queues.commands = [];
      await bench.pass(STRANDED_MS);
      await runSweep(bench);
    }
  }
  await strand(MAX_SENT_AGAIN + 1);
  expect(bench.queues.commands).toEqual([]);
  expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  return { bench, mend, strand, body: message!.body };
}

describe('a command that the sweep has given up', () => {
  test('goes on when it comes again', async () => {
    const { bench, mend, body } = await givenUp();
    mend();
    await bench.command(body);
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
    expect(bench.resets()).toHaveLength(1);
  });

  test('is handed over at once if its function dies over it once more', async () => {
    const { bench, strand, body } = await givenUp();
    // It gets no further than to take it up.
    const { getMany } = bench.store;
    bench.store.getMany = () => Promise.reject(new Error('killed'));
    await bench.command(body);
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([{ state: 'submitting' }]);
    bench.store.getMany = getMany;
    await strand(1);
    expect(bench.queues.commands).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  });

  test('stays with the person who has released its nodes', async () => {
    const { bench, mend, body } = await givenUp();
    mend();
    await release('c-1', { by: 'ada' }, bench.services);
    await bench.command(body);
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    expect(bench.resets()).toEqual([]);
  });
});

test('a command is not handed over for a message that only bears its id', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE));
  const [{ id } = { id: '' }] = bench.remediations();
  await handOverBuried({ id, contentHash: 'of another command' }, 'it failed', bench.services);
  expect(bench.remediations()).toMatchObject([{ state: 'submitting' }]);
});

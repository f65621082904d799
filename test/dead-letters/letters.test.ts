import { describe, expect, test } from 'vitest';
import { toQueueRecord } from '#lib/handler/queue-record';
import { answers } from '#local/openapi/answers';
import { createBench, nodeName, POOL } from '#test/remediation/bench';
import { openConsole } from '../console/console-door.ts';
import { createFakeLetters } from './fake-queue.ts';

const SAID = {
  reason: 'it failed 5 times, the last time with: Error: gone',
  messageId: 'first-sent',
  sentAt: '2026-11-20T09:00:00.000Z',
  buriedAt: '2026-11-20T09:40:00.000Z',
  firstError: 'Error: throttled',
  firstErrorAt: '2026-11-20T09:10:00.000Z',
  lastError: 'Error: gone',
  lastErrorAt: '2026-11-20T09:35:00.000Z',
  receives: '5',
};
const COMMAND = {
  id: 'c-1',
  action: 'reset-nodes',
  pool: POOL,
  nodes: [nodeName(1)],
  parameters: {},
  mode: 'act',
};
const FIRING = { schedule: 'shrink-at-night', scheduledAt: '2026-11-20T19:00:00Z' };
const FOLLOW = {
  callId: 'call-1',
  pool: 'pool-1',
  probe: { kind: 'job', jobId: 'job-1' },
  look: 3,
  dueAt: '2026-11-20T10:00:00.000Z',
};

/** The console of a system whose functions have these dead letters. */
function open() {
  const bench = createBench();
  const resets = createFakeLetters('reset-nodes', bench.now);
  const polls = createFakeLetters('poll-jobs', bench.now);
  const schedules = createFakeLetters('scale-node-pools', bench.now, { hasQueue: false });
  const all = [resets, polls, schedules];
  const ask = openConsole(
    bench,
    undefined,
    all.map(({ queue }) => queue),
  );
  return {
    bench,
    resets,
    polls,
    schedules,
    list: (query: Record<string, string> = {}) => ask('GET /dead-letters', { query }),
    redrive: (id: string) => ask('POST /dead-letters/{id}/redrive', { path: { id } }),
    hidden: () => all.reduce((sum, one) => sum + one.hidden(), 0),
  };
}

/** Answers are as docs/reference/openapi.json describes them. */
function documented(name: 'DeadLetters' | 'Redriven', body: unknown): void {
  expect(answers[name].safeParse(body).error).toBeUndefined();
}

describe('the list of dead letters', () => {
  test('says what each is, why, and whether to send it back; and leaves all of them there', async () => {
    const { resets, schedules, list, hidden } = open();
    const id = resets.bury(COMMAND, SAID);
    const firing = schedules.bury(FIRING);
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await list();
      expect(status).toBe(200);
      expect(body).toEqual({
        deadLetters: [
          {
            id: firing,
            function: 'scale-node-pools',
            at: '2026-11-20T10:00:00.000Z',
            sentAt: '2026-11-20T10:00:00.000Z',
            what: 'schedule shrink-at-night, due at 2026-11-20T19:00:00Z',
            errors: [],
            advice: expect.stringContaining('It cannot be sent back'),
            worthRedriving: false,
            canRedrive: false,
          },
          {
            id,
            function: 'reset-nodes',
            at: SAID.buriedAt,
            sentAt: SAID.sentAt,
            what: expect.stringContaining(`command c-1`),
            reason: SAID.reason,
            receives: 5,
            errors: [
              { at: SAID.firstErrorAt, text: 'Error: throttled' },
              { at: SAID.lastErrorAt, text: 'Error: gone' },
            ],
            remediation: 'c-1',
            state: 'absent',
            advice: 'It is worth sending back: the ledger does not have it yet: it begins.',
            worthRedriving: true,
            canRedrive: true,
          },
        ],
      });
      documented('DeadLetters', body);
      expect(hidden()).toBe(0);
    }
  });

  test('judges by the state of the remediation', async () => {
    const { bench, resets, list } = open();
    await bench.command(COMMAND);
    await bench.advance(5_000);
    resets.bury(COMMAND, SAID);
    const { body } = await list();
    expect(body.deadLetters[0]).toMatchObject({ state: 'running', worthRedriving: false, canRedrive: true });
  });

  test('does not guess about a remediation that cannot be read', async () => {
    const { bench, resets, list } = open();
    await bench.store.put(
      { pk: 'remediation#c-1', sk: '-', version: 1, writeId: 'w', value: { state: 'what?' } },
      0,
    );
    resets.bury(COMMAND, SAID);
    expect((await list()).body.deadLetters[0].state).toBe('unknown');
  });

  test('has pages, newest first, and each letter is on one of them', async () => {
    const { resets, polls, list, hidden } = open();
    for (let minute = 10; minute < 50; minute += 1)
      (minute % 3 === 0 ? polls : resets).bury(FOLLOW, {
        ...SAID,
        buriedAt: `2026-11-20T09:${minute}:00.000Z`,
      });
    const seen: any[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list({ limit: '7', ...(cursor && { cursor }) });
      expect(body.deadLetters.length).toBeLessThanOrEqual(7);
      seen.push(...body.deadLetters);
      cursor = body.next;
    } while (cursor);
    expect(seen).toHaveLength(40);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(40);
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(hidden()).toBe(0);
    expect((await list({ function: 'poll-jobs', limit: '100' })).body.deadLetters).toHaveLength(13);
    expect((await list({ cursor: 'x' })).status).toBe(400);
  });

  test('reads a bounded number, says where there are more, and says how many others are reading', async () => {
    const { resets, polls, list, hidden } = open();
    for (let count = 0; count < 320; count += 1) resets.bury(FOLLOW, SAID);
    polls.bury(FOLLOW, SAID);
    await polls.queue.letters.receive({ hideSeconds: 20, waitSeconds: 0 });
    const { body } = await list();
    expect(body.more).toEqual(['reset-nodes']);
    expect(body.hidden).toBe(1);
    expect(hidden()).toBe(1);
  });

  test('answers with the letters that it has read when a request fails, and ends before its function does', async () => {
    const { bench, resets, list, hidden } = open();
    for (let count = 0; count < 25; count += 1) resets.bury(FOLLOW, SAID);
    let receives = 0;
    resets.manners.before = (step) => {
      if (step !== 'receive') return;
      receives += 1;
      if (receives === 3) throw new Error('SQS is away');
    };
    expect((await list()).status).toBe(503);
    expect(hidden()).toBe(0);
    resets.manners.before = (step) => {
      if (step === 'receive') bench.stand(30_000);
    };
    const { body } = await list();
    expect(body.more).toEqual(['reset-nodes']);
    expect(hidden()).toBe(0);
  });
});

describe('a redrive', () => {
  test('puts the letter back under its id and the name of the person, and takes it away', async () => {
    const { bench, resets, polls, redrive, hidden } = open();
    const { id: _id, ...nameless } = COMMAND;
    const other = resets.bury(FOLLOW, SAID);
    polls.bury(FOLLOW, SAID);
    const id = resets.bury(nameless, SAID);
    const { status, body } = await redrive(id);
    expect(status).toBe(202);
    expect(body).toEqual({
      id,
      function: 'reset-nodes',
      remediation: 'message-first-sent',
      advice: 'It is worth sending back: the ledger does not have it yet: it begins.',
    });
    documented('Redriven', body);
    expect(resets.sent).toHaveLength(1);
    expect(JSON.parse(resets.sent[0]!.body)).toEqual({ ...nameless, id: 'message-first-sent' });
    expect(resets.sent[0]!.attributes).toEqual({ redrivenBy: 'ada' });
    expect(resets.ids()).toEqual([other]);
    expect(hidden()).toBe(0);
    expect(bench.logs.some((line) => line.includes('"by":"ada"'))).toBe(true);
  });

  test('of a command that went to a person says in the ledger who sent it back', async () => {
    const { bench, resets, redrive } = open();
    await bench.command(COMMAND);
    const { get } = bench.store;
    bench.store.get = (key) =>
      key.pk.startsWith('pool#') ? Promise.reject(new Error('the table is away')) : get(key);
    for (let delivery = 0; delivery < 5; delivery += 1) {
      await bench.drain('commands');
      bench.stand(360_000);
    }
    bench.store.get = get;
    const [buried] = bench.queues.deadLetters;
    expect(bench.remediations()[0]).toMatchObject({ state: 'needs-human', handedOver: true });
    const id = resets.bury(buried!.body, buried!.attributes);
    expect((await redrive(id)).status).toBe(202);
    await bench.commandQueue.send(resets.sent);
    await bench.drain('commands');
    const [remediation] = bench.remediations();
    expect(remediation!.receipts.find(({ step }) => step === 'redrive')).toMatchObject({ by: 'ada' });
    expect(remediation!.state).toBe('running');
  });

  test('of a letter that no queue takes is refused with the reason, and the letter stays visible', async () => {
    const { schedules, resets, redrive, hidden } = open();
    const firing = schedules.bury(FIRING);
    const poison = resets.bury('{', { reason: 'the message is not JSON' });
    for (const id of [firing, poison]) {
      const { status, body } = await redrive(id);
      expect(status).toBe(409);
      expect(body.detail).toContain('It cannot be sent back');
    }
    expect([...schedules.ids(), ...resets.ids()]).toEqual([firing, poison]);
    expect(hidden()).toBe(0);
  });

  test('answers 404 for an absent letter, and says so when another caller reads the letter', async () => {
    const { bench, resets, redrive } = open();
    const id = resets.bury(COMMAND, SAID);
    expect((await redrive('unheard-of')).status).toBe(404);
    await resets.queue.letters.receive({ hideSeconds: 20, waitSeconds: 0 });
    const { status, body } = await redrive(id);
    expect(status).toBe(409);
    expect(body.detail).toContain('ask again in half a minute');
    bench.stand(30_000);
    expect((await redrive(id)).status).toBe(202);
  });

  test('of one among thousands is found, or says that the search was cut short', async () => {
    const { bench, resets, redrive, hidden } = open();
    for (let count = 0; count < 1_000; count += 1) resets.bury(FOLLOW, SAID);
    expect((await redrive(resets.bury(COMMAND, SAID))).status).toBe(202);
    resets.manners.before = (step) => {
      if (step === 'receive') bench.stand(30_000);
    };
    const { status, body } = await redrive(resets.bury(COMMAND, SAID));
    expect(status).toBe(409);
    expect(body.detail).toContain('more dead letters than could be searched');
    expect(hidden()).toBe(0);
  });

  test.each(['send', 'remove'])('that fails at its %s loses nothing', async (at) => {
    const { bench, resets, redrive } = open();
    const id = resets.bury(COMMAND, SAID);
    resets.manners.before = (step) => {
      if (step === at) throw new Error('SQS is away');
    };
    expect((await redrive(id)).status).toBe(503);
    expect(resets.ids()).toEqual([id]);
    resets.manners.before = () => {};
    bench.stand(30_000);
    expect((await redrive(id)).status).toBe(202);
    expect(resets.ids()).toEqual([]);
    // A command may come twice: it is one, by its id.
    for (const { body } of resets.sent) expect(JSON.parse(body).id).toBe('c-1');
  });

  test('at the same moment as another sends the letter back once', async () => {
    const { resets, redrive } = open();
    for (let count = 0; count < 15; count += 1) resets.bury(FOLLOW, SAID);
    const id = resets.bury(COMMAND, SAID);
    const both = await Promise.all([redrive(id), redrive(id)]);
    const [first, second] = both.map(({ status }) => status).toSorted();
    expect(first).toBe(202);
    // The other one has it, or has taken it away by now.
    expect([404, 409]).toContain(second);
    expect(resets.sent).toHaveLength(1);
  });
});

test('a message says who has sent it back', () => {
  const record = {
    messageId: 'm-1',
    body: '{}',
    attributes: { SentTimestamp: '0', ApproximateReceiveCount: '1' },
    messageAttributes: { redrivenBy: { stringValue: 'ada', dataType: 'String' } },
  };
  expect(toQueueRecord(record as never)).toMatchObject({ messageId: 'm-1', redrivenBy: 'ada' });
});

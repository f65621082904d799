import { describe, expect, test } from 'vitest';
import type { Notice } from '#events/notice';
import { jsonBytes } from '#lib/json-bytes';
import { createLogger } from '#lib/log';
import { incidentTold } from '#lib/notify/body';
import { collect } from '#lib/notify/collect';
import { deliver } from '#lib/notify/deliver';
import { withNotice } from '#lib/notify/digest-list';
import { type DatedNotice, noticeId } from '#lib/notify/entry';
import { toProgress } from '#lib/notify/progress';
import { recipientsOf, toRecipient } from '#lib/notify/recipients';
import { createNotifyBench, MINUTE, POOL } from './notify-bench.ts';

const AT = '2026-11-20T10:00:00.000Z';
const NOW = Date.parse(AT);
const URL = 'https://hooks.example.com/services/T0/B0/nobody-may-read-this';

const failed: DatedNotice = { kind: 'remediation', id: 'r-1', state: 'failed', since: AT };
const silent: Extract<Notice, { kind: 'incident' }> = {
  kind: 'incident',
  incident: 'recipient-silent',
  why: 'away',
  at: AT,
};

test('each trouble of each subject is a thread of its own, with the notice of its end', () => {
  const { rules } = createNotifyBench([{ url: URL }]);
  const threadOf = (more: object) => incidentTold({ ...silent, ...more }, rules, {} as never).body.thread;
  const threads = [{}, { about: 'one' }, { about: 'other' }, { pool: POOL }, { incident: 'not-readable' }];
  expect(new Set(threads.map(threadOf)).size).toBe(threads.length);
  expect(threadOf({ incident: 'recipient-back', about: 'one' })).toBe(threadOf({ about: 'one' }));
});

test('a notice of a rung has an id for each of its severities', () => {
  const rung = { kind: 'rung', id: 'r-1' } as const;
  const severities = [undefined, 'warning', 'critical'];
  const ids = severities.map((severity) => noticeId({ ...rung, ...(severity && { severity }) }));
  expect(new Set(ids).size).toBe(severities.length);
});

test('a list has each entry into a state once', () => {
  const again = { ...failed, since: '2026-11-20T10:05:00.000Z' } as DatedNotice;
  const record = [failed, failed, again].reduce(
    (before: ReturnType<typeof withNotice> | undefined, notice) =>
      withNotice(before === 'no room' ? undefined : before, 'key', notice, { digestMs: MINUTE, now: NOW }),
    undefined,
  );
  expect(record).toMatchObject({ open: { notices: [failed, again] } });
});

const away = (index: number): DatedNotice => ({
  ...silent,
  about: `recipient ${index}`,
  why: '\u0001'.repeat(2_000),
});

describe('what waits for a recipient', () => {
  type List = Exclude<ReturnType<typeof withNotice>, 'no room'>;
  const add = (record: List | undefined, index: number) =>
    withNotice(record, 'key', away(index), { digestMs: MINUTE, now: NOW });

  /** Lists with as many notices as have room. */
  function full(): { record: List; count: number } {
    let record: List | undefined;
    for (let count = 0; ; count += 1) {
      const next = add(record, count);
      if (next === 'no room') return { record: record!, count };
      record = next;
    }
  }

  test('has an end, which an item of the table has room for; texts of notices are cut', () => {
    const { record, count } = full();
    expect(jsonBytes(record)).toBeLessThanOrEqual(256 * 1024);
    expect(jsonBytes(record)).toBeGreaterThan(250 * 1024);
    expect(record.open?.notices[0]).toMatchObject({ why: '\u0001'.repeat(500) });
    // A notice that waits already needs no more room.
    expect(add(record, count - 1)).toEqual(record);
  });

  test('is put before a list that was refused, and before no other', () => {
    const { record, count } = full();
    const list = (id: string, refusedFor?: string) => ({
      id,
      notices: record.open!.notices,
      ...(refusedFor !== undefined && { refusedFor }),
    });
    const { open: _, ...rest } = record;
    const waiting = { ...rest, closed: [list('waits')] };
    expect(add(waiting, count)).toBe('no room');
    const refused = { ...rest, closed: [list('refused', 'm1')] };
    expect(add(refused, count)).toMatchObject({ closed: [], open: { notices: [{}] } });
  });
});

test('a notice that comes again sends the message that is due at the end of its list once more', async () => {
  const { services, rules, queue } = createNotifyBench([{ url: URL }]);
  const [recipient] = recipientsOf(failed, {}, rules);
  const message = { messageId: 'm', body: '', sentAtMs: NOW };
  for (const receiveCount of [1, 1, 2])
    await collect(
      recipient!,
      MINUTE,
      failed,
      { record: { ...message, receiveCount }, before: undefined },
      { ...services, rules },
    );
  expect(queue).toHaveLength(2);
});

test('no log shows the path of a URL that stands in the rules file, once something was sent there', async () => {
  const { services, rules } = createNotifyBench([{ url: URL }]);
  const { message, body } = incidentTold(silent, rules, {} as never);
  const running = { deadlineMs: NOW + MINUTE, signal: new AbortController().signal };
  await deliver(toRecipient(rules.notify[0]!), { message, body }, services, running);
  const lines: string[] = [];
  const log = createLogger({}, { write: (line) => lines.push(line), now: () => NOW });
  log.info(`posted to ${URL}`);
  log.info(`posted to ${URL.replace('https://hooks.example.com', '')} of hooks.example.com`);
  expect(lines.join('')).not.toContain('nobody-may-read-this');
  expect(lines[1]).toContain('hooks.example.com');
});

test.each([
  [0, 1, 0],
  [0, 4, 4],
  [0, 5, 8],
  [7, 1, 7],
  [7, 4, 7],
  [1, 4, 4],
  [120, 1, 60],
])(
  'a recipient that asks for %d minutes is left alone for them at its failure %d, %d',
  (asked, times, pause) => {
    const before = { state: 'failed', at: AT, why: 'away', tries: times - 1 } as const;
    const delivery = { outcome: 'failed', why: 'away', retryAfterMs: asked * MINUTE } as const;
    const { notBefore } = toProgress(delivery, 'm', NOW, times > 1 ? before : undefined) as {
      notBefore?: string;
    };
    expect(notBefore === undefined ? 0 : Date.parse(notBefore) - NOW).toBe(pause * MINUTE);
  },
);

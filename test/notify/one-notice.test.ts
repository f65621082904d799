import { expect, test } from 'vitest';
import type { Notice } from '#events/notice';
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
  createLogger({}, { write: (line) => lines.push(line), now: () => NOW }).info(`posted to ${URL}`);
  expect(lines.join('')).not.toContain('nobody-may-read-this');
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

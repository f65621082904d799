import { describe, expect, test } from 'vitest';
import { fired, NOTHING_KNOWN, resolved, UNKNOWN_START_MS } from '#lib/alerts/episode';
import { createFrontDoor, NODE as DOOR_NODE } from '#test/alerts/events/front-door';
import { conditionChange } from '#test/alerts/events/kubernetes-samples';
import { createBench, firing, nodeName } from '#test/remediation/bench';
import { AWAY, createLadder, RESET, statesOf } from '#test/remediation/escalation/ladder-bench';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

const iso = (ms: number) => new Date(ms).toISOString();
const at = (minutes: number) => Date.parse('2026-11-20T10:00:00Z') + minutes * MINUTE;

describe('a firing that is delivered long after its sender has said it', () => {
  test('is no reason to act any more: a person looks', async () => {
    const bench = createBench();
    const saidAt = iso(bench.now() - 3 * HOUR);
    await bench.receive(firing(NODE, { startsAt: saidAt, saidAt }));
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', evidenceAt: saidAt, why: expect.stringContaining('the evidence is 3 h old') },
    ]);
  });

  test('and before its end that was delivered first is over, however late it is', async () => {
    const bench = createBench();
    const [saidAt, endsAt] = [iso(bench.now() - 20 * MINUTE), iso(bench.now() - 15 * MINUTE)];
    await bench.receive(firing(NODE, { status: 'resolved', startsAt: endsAt, endsAt }));
    bench.stand(10 * MINUTE);
    await bench.receive(firing(NODE, { startsAt: saidAt, saidAt }));
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
  });

  test('and before the success of its remediation does not say that it did not help', async () => {
    const bench = createLadder([RESET, AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    const saidAt = iso(bench.now());
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    bench.stand(30 * MINUTE);
    await bench.receive(firing(NODE, { saidAt }));
    await bench.advance(5 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
  });
});

test('what was said before an end never opens an episode again, and what was said after it does', () => {
  const first = fired(NOTHING_KNOWN, { startsAtMs: UNKNOWN_START_MS, receivedAtMs: at(0), saidAtMs: at(0) });
  const over = resolved(first.known, { startsAtMs: at(5), endsAtMs: at(5), receivedAtMs: at(5) });
  const said = (minutes: number) =>
    fired(over, { startsAtMs: UNKNOWN_START_MS, receivedAtMs: at(30), saidAtMs: at(minutes) }).means;
  expect([said(4), said(5), said(6)]).toEqual(['late', 'late', 'reopened']);
});

test('a later delivery confirms the fault at the time at which it was said, and never at an earlier one', () => {
  const episodeAfter = (...said: [receivedAt: number, saidAt?: number][]) => {
    let known = fired(NOTHING_KNOWN, { startsAtMs: at(0), receivedAtMs: at(1) }).known;
    for (const [received, saidAt] of said) {
      const saidAtMs = saidAt === undefined ? undefined : at(saidAt);
      known = fired(known, { startsAtMs: at(0), receivedAtMs: at(received), saidAtMs }).known;
    }
    return known.episodes[0]!;
  };
  expect(episodeAfter([30, 20])).toMatchObject({ seenAtMs: at(30), saidAtMs: at(20) });
  expect(episodeAfter([30, 20], [40, 10])).toMatchObject({ seenAtMs: at(40), saidAtMs: at(20) });
  expect(episodeAfter([30, 20], [40])).not.toHaveProperty('saidAtMs');
  expect(episodeAfter([30, 50])).not.toHaveProperty('saidAtMs');
});

describe('an event that is an hour and a half old', () => {
  const old = '2026-11-20T08:30:00Z';
  const alarm = {
    id: 'e1',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '111122223333',
    time: old,
    region: 'eu-central-1',
    resources: ['arn:aws:cloudwatch:eu-central-1:111122223333:alarm:npu-lost'],
    detail: {
      alarmName: 'npu-lost',
      state: { value: 'ALARM', timestamp: old },
      configuration: {
        metrics: [{ metricStat: { metric: { name: 'm', dimensions: { node: DOOR_NODE } } } }],
      },
    },
  };
  const event = {
    specversion: '1.0',
    id: '7',
    source: 'x',
    type: 'io.poolkeeper.alert.firing',
    time: old,
    data: { node: DOOR_NODE },
  };

  test.each<[source: string, body: unknown, headers?: Record<string, string>]>([
    ['cloudevents', event, { 'content-type': 'application/cloudevents+json' }],
    ['kubernetes', conditionChange('True', { lastTimestamp: old })],
    ['eventbridge', alarm],
  ])('from %s goes to a person', async (source, body, headers) => {
    const front = createFrontDoor();
    expect((await front.deliver(source, body, headers)).status).toBe(202);
    await front.bench.advance(MINUTE);
    expect(front.bench.resets()).toEqual([]);
    expect(front.bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Describe, ScheduleDescription } from '#local/cloud/description';
import { startSchedules } from '#local/cloud/schedules';
import { createStillClock } from '../fake-system/still-clock.ts';
import { eventually, startFixture } from './fixture.ts';
import { fixtureStack } from './fixture-stack.ts';

const rule: ScheduleDescription = {
  arn: 'arn:aws:events:eu-central-1:000000000000:rule/sweep',
  kind: 'rule',
  times: { everyMinutes: 5 },
  functionName: 'sweep',
};

const nightly: ScheduleDescription = {
  arn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/nightly',
  kind: 'schedule',
  times: { cron: '0 20 * * ? *', timezone: 'Europe/Berlin' },
  functionName: 'shrink',
};

function record(schedules: ScheduleDescription[], start: string) {
  const clock = createStillClock(start);
  const fired: { functionName: string; event: Record<string, unknown>; at: string }[] = [];
  const { replace, stop } = startSchedules(schedules, {
    region: 'eu-central-1',
    clock,
    fire: (functionName, payload) =>
      fired.push({ functionName, event: JSON.parse(payload), at: new Date(clock.now()).toISOString() }),
  });
  return { clock, fired, replace, stop };
}

describe('schedules', () => {
  it('fire at their times, and not when they start', async () => {
    const { clock, fired } = record([rule, nightly], '2026-11-20T18:52:30Z');
    await clock.advanceTo('2026-11-20T19:05:00Z');
    expect(fired.map(({ functionName, at }) => `${functionName} ${at}`)).toEqual([
      'sweep 2026-11-20T18:57:30.000Z',
      'shrink 2026-11-20T19:00:00.000Z',
      'sweep 2026-11-20T19:02:30.000Z',
    ]);
  });

  it('send the event of their service', async () => {
    const { clock, fired } = record([rule, nightly], '2026-11-20T18:55:00Z');
    await clock.advanceTo('2026-11-20T19:00:00Z');
    const common = {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      account: '000000000000',
      region: 'eu-central-1',
      time: '2026-11-20T19:00:00Z',
    };
    expect(fired.map(({ event }) => event)).toEqual([
      { ...common, source: 'aws.events', resources: [rule.arn], detail: {} },
      { ...common, source: 'aws.scheduler', resources: [nightly.arn], detail: '{}' },
    ]);
  });

  it('send their own input instead, with the context attributes of Scheduler', async () => {
    const { clock, fired } = record(
      [
        { ...rule, input: '{"own":1}' },
        { ...nightly, input: '{"at":"<aws.scheduler.scheduled-time>"}' },
      ],
      '2026-11-20T18:55:00Z',
    );
    await clock.advanceTo('2026-11-20T19:00:00Z');
    expect(fired.map(({ event }) => event)).toEqual([{ own: 1 }, { at: '2026-11-20T19:00:00Z' }]);
  });

  it('fire on if the clock is set back, and soon if it is set ahead', async () => {
    const { clock, fired } = record([rule, nightly], '2026-11-20T18:52:30Z');
    await clock.advanceTo('2026-11-20T18:56:00Z');
    await clock.set('2026-11-20T16:56:00Z');
    await clock.advanceTo('2026-11-20T17:08:00Z');
    // The rate counts from the moment at which it knows.
    expect(fired.map(({ functionName, at }) => `${functionName} ${at}`)).toEqual([
      'sweep 2026-11-20T17:02:30.000Z',
      'sweep 2026-11-20T17:07:30.000Z',
    ]);
    await clock.set('2026-11-20T19:30:00Z');
    await clock.advanceTo('2026-11-20T19:40:00Z');
    const late = fired.slice(2).map(({ functionName }) => functionName);
    expect(late.filter((name) => name === 'shrink')).toHaveLength(1);
    expect(late).toContain('sweep');
  });

  it('fire no more once stopped', async () => {
    const { clock, fired, stop } = record([rule], '2026-11-20T18:55:00Z');
    stop();
    await clock.advanceTo('2026-11-21T00:00:00Z');
    expect(fired).toEqual([]);
  });

  it('that are replaced fire no more, new ones do, and a rate that stays does not begin again', async () => {
    const { clock, fired, replace } = record([rule, nightly], '2026-11-20T18:52:30Z');
    await clock.advanceTo('2026-11-20T18:56:00Z');
    replace([{ ...rule }, { ...nightly, times: { cron: '2 20 * * ? *', timezone: 'Europe/Berlin' } }]);
    await clock.advanceTo('2026-11-20T19:03:00Z');
    expect(fired.map(({ functionName, at }) => `${functionName} ${at}`)).toEqual([
      'sweep 2026-11-20T18:57:30.000Z',
      'shrink 2026-11-20T19:02:00.000Z',
      'sweep 2026-11-20T19:02:30.000Z',
    ]);
    replace([]);
    await clock.advanceTo('2026-11-22T00:00:00Z');
    expect(fired).toHaveLength(3);
  });

  it('wait longer than a timer can', async () => {
    const { clock, fired } = record(
      [{ ...rule, times: { cron: '0 0 1 1 ? *', timezone: 'UTC' } }],
      '2026-12-05T00:00:00Z',
    );
    await clock.advanceTo('2027-01-01T00:00:00Z');
    expect(fired.map(({ at }) => at)).toEqual(['2027-01-01T00:00:00.000Z']);
  });

  it('that count from their start do so in whole steps', async () => {
    const { clock, fired } = record([{ ...rule, times: { everyMinutes: 90 } }], '2026-11-20T10:30:15Z');
    await clock.advanceTo('2026-11-20T15:00:15Z');
    expect(fired.map(({ at }) => at)).toEqual([
      '2026-11-20T12:00:15.000Z',
      '2026-11-20T13:30:15.000Z',
      '2026-11-20T15:00:15.000Z',
    ]);
  });
});

it('the schedules of a running stack reach their functions', async () => {
  const clock = createStillClock('2026-11-20T18:57:00Z');
  await using cloud = await startFixture({ clock });
  await clock.advanceTo('2026-11-20T19:02:00Z');
  await eventually(() => cloud.lines.map(({ line }) => JSON.parse(line))).toEqual(
    expect.arrayContaining([
      { schedule: 'night', at: '2026-11-20T19:00:00Z' },
      expect.objectContaining({ 'detail-type': 'Scheduled Event', time: '2026-11-20T19:02:00Z' }),
    ]),
  );
});

/** The stack with one schedule of its own. */
const other: Describe = (location) => {
  const stack = fixtureStack(location);
  const [first] = stack.schedules.filter(({ kind }) => kind === 'schedule');
  return { ...stack, schedules: [{ ...first!, input: '{"schedule":"another"}' }] };
};

it('a renewed stack fires the schedules of its new description', async () => {
  const clock = createStillClock('2026-11-20T18:57:00Z');
  await using cloud = await startFixture({ clock });
  cloud.renew({ describe: other, environment: {} });
  await clock.advanceTo('2026-11-20T19:02:00Z');
  await eventually(() => cloud.lines.map(({ line }) => JSON.parse(line))).toEqual([{ schedule: 'another' }]);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firingTimes } from '#lib/rules/firing-times';
import { runs } from '#test/runs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every firing of a schedule from one time until before another. */
function firings(cron: string, timezone: string, from: string, until: string): string[] {
  const times = firingTimes({ cron, timezone });
  const found: string[] = [];
  let at: number | undefined = Date.parse(from) - 1;
  while ((at = times.first(at, Date.parse(until) - 1)) !== undefined) found.push(new Date(at).toISOString());
  return found;
}

describe('the clocks change', () => {
  test('02:30, which does not exist in spring, is skipped that day', () => {
    expect(firings('30 2 * * ? *', 'Europe/Berlin', '2027-03-27T00:00Z', '2027-03-30T00:00Z')).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  test('02:30, which exists twice in autumn, happens once: the first time', () => {
    expect(firings('30 2 * * ? *', 'Europe/Berlin', '2027-10-30T00:00Z', '2027-11-01T12:00Z')).toEqual([
      '2027-10-30T00:30:00.000Z',
      '2027-10-31T00:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ]);
  });

  test('20:00 stays 20:00 on the wall', () => {
    expect(firings('0 20 * * ? *', 'Europe/Berlin', '2027-03-27T00:00Z', '2027-03-29T00:00Z')).toEqual([
      '2027-03-27T19:00:00.000Z',
      '2027-03-28T18:00:00.000Z',
    ]);
  });

  test('a change of half an hour is one, too', () => {
    expect(firings('45 1 * * ? *', 'Australia/Lord_Howe', '2027-04-03T00:00Z', '2027-04-05T00:00Z')).toEqual([
      '2027-04-03T14:45:00.000Z',
      '2027-04-04T15:15:00.000Z',
    ]);
  });
});

const november = (time: string) => Date.parse(`2026-11-${time}Z`);

test('the last firing is looked for after one time, and up to another', () => {
  const times = firingTimes({ cron: '0 20 * * ? *', timezone: 'UTC' });
  expect(times.last(november('20T20:00'), november('20T23:00'))).toBeUndefined();
  expect(times.last(november('19T20:00'), november('20T20:00'))).toBe(november('20T20:00'));
  expect(times.last(november('17T20:00'), november('20T19:59'))).toBe(november('19T20:00'));
});

test('the first firing is looked for after one time, and up to another', () => {
  const times = firingTimes({ cron: '0 20 * * ? *', timezone: 'UTC' });
  expect(times.first(november('20T20:00'), november('21T19:59'))).toBeUndefined();
  expect(times.first(november('20T20:00'), november('21T20:00'))).toBe(november('21T20:00'));
  expect(times.first(november('20T19:59'))).toBe(november('20T20:00'));
});

test.each([
  ['0 9 L * ? *', ['2026-11-30T09:00', '2026-12-31T09:00']],
  ['0 9 LW 1 ? *', ['2027-01-29T09:00', '2028-01-31T09:00']],
  ['0 9 1W 8 ? 2026-2027', ['2027-08-02T09:00']],
  ['0 9 ? * FRI#3 *', ['2026-12-18T09:00', '2027-01-15T09:00']],
  ['0 12 29 FEB ? *', ['2028-02-29T12:00', '2032-02-29T12:00']],
  ['0 12 1 1 ? 2027', ['2027-01-01T12:00']],
  ['0 12 30 2 ? *', []],
])('%s is found however far ahead, and ends', (cron, expected) => {
  const times = firingTimes({ cron, timezone: 'UTC' });
  const first = times.first(november('20T10:30'));
  const second = first === undefined ? undefined : times.first(first);
  const found = [first, second].filter((time) => time !== undefined);
  expect(found.map((time) => new Date(time).toISOString().slice(0, 16))).toEqual(expected);
});

test('an unknown time zone is refused by its name', () => {
  expect(() => firingTimes({ cron: '0 20 * * ? *', timezone: 'Europe/Atlantis' })).toThrow('Europe/Atlantis');
});

/** The time on the clocks of a zone, read from text: another way than the product's. */
function reader(timezone: string): (instantMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (instantMs) => format.format(instantMs);
}

const DAYS: Record<string, (date: Date) => boolean> = {
  '* * ?': () => true,
  '? * MON-FRI': (date) => date.getUTCDay() >= 1 && date.getUTCDay() <= 5,
  '? * 1': (date) => date.getUTCDay() === 0,
  'L * ?': (date) => new Date(date.getTime() + 24 * HOUR).getUTCDate() === 1,
};
const MINUTES: Record<string, (minute: number) => boolean> = {
  '0': (minute) => minute === 0,
  '15': (minute) => minute === 15,
  '0/20': (minute) => minute % 20 === 0,
  '59': (minute) => minute === 59,
};
const HOURS: Record<string, (hour: number) => boolean> = {
  '0': (hour) => hour === 0,
  '1': (hour) => hour === 1,
  '2': (hour) => hour === 2,
  '23': (hour) => hour === 23,
  '*': () => true,
  '0/6': (hour) => hour % 6 === 0,
};

test('a clock that is watched minute by minute shows the same times, in any zone and around any change of its clocks', () => {
  const cron = fc.record({
    minute: fc.constantFrom(...Object.keys(MINUTES)),
    hour: fc.constantFrom(...Object.keys(HOURS)),
    days: fc.constantFrom(...Object.keys(DAYS)),
  });
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Shanghai',
    'Africa/Casablanca',
    'America/Santiago',
    'Atlantic/Azores',
  );
  // Half of the time close to a change of some clocks.
  const start = fc.oneof(
    fc.integer({ min: Date.UTC(2026, 0, 1) / HOUR, max: Date.UTC(2028, 0, 1) / HOUR }),
    fc
      .tuple(
        fc.constantFrom(
          Date.UTC(2026, 2, 29),
          Date.UTC(2026, 9, 25),
          Date.UTC(2026, 10, 1),
          Date.UTC(2026, 3, 5),
        ),
        fc.integer({ min: -30, max: 6 }),
      )
      .map(([change, hours]) => change / HOUR + hours),
  );
  fc.assert(
    fc.property(cron, zone, start, ({ minute, hour, days }, timezone, startHour) => {
      const read = reader(timezone);
      const [from, until] = [startHour * HOUR, (startHour + 30) * HOUR];
      const shownBefore = new Set<string>();
      const watched: number[] = [];
      for (let at = from - 4 * HOUR; at <= until; at += MINUTE) {
        const shown = read(at);
        const date = new Date(`${shown.replace(' ', 'T')}Z`);
        const fires =
          MINUTES[minute]!(date.getUTCMinutes()) && HOURS[hour]!(date.getUTCHours()) && DAYS[days]!(date);
        if (fires && !shownBefore.has(shown) && at > from) watched.push(at);
        shownBefore.add(shown);
      }
      const times = firingTimes({ cron: `${minute} ${hour} ${days} *`, timezone });
      const found: number[] = [];
      let at: number | undefined = from;
      while ((at = times.first(at, until)) !== undefined) found.push(at);
      expect(found).toEqual(watched);
      expect(times.last(from, until)).toBe(watched.at(-1));
      expect(watched.every((time) => times.include(time + 30_000))).toBe(true);
      expect(times.include(until)).toBe(watched.at(-1) === until);
    }),
    { numRuns: runs(150) },
  );
});

import { describe, expect, test } from 'vitest';
import { timeIn, timeInUtc } from '#lib/time-text';

const NINE = '2026-12-01T09:00:00.000Z';
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

describe('the time in a foreign text', () => {
  test.each([
    '2026-12-01T09:00:00Z',
    '2026-12-01T17:00:00+08:00',
    '2026-12-01T09:00:00.000+0000',
    '2026/12/01 17:00:00 GMT+08:00',
    '12 01, 2026 06:00:00 GMT-03:00',
    'Tue Dec 01 2026 17:00:00 GMT+0800 (China Standard Time)',
    ' 2026-12-01 09:00:00 UTC ',
  ])('%s', (text) => {
    expect(iso(timeIn(text))).toBe(NINE);
    expect(iso(timeInUtc(text))).toBe(NINE);
  });

  test.each(['2026-12-01 09:00:00', '2026-12-01T09:00:00', '2026/12/01 09:00', 'Dec 1, 2026, 9:00:00 AM'])(
    '%s, without a word of the zone',
    (text) => {
      expect(timeIn(text)).toBeUndefined();
      expect(iso(timeInUtc(text))).toBe(NINE);
    },
  );

  test.each([
    '',
    '1',
    '1764579600000',
    'node 2026',
    '$event.ends_at',
    '2026-12-01 09:00:00 CST',
    '2026-13-41 09:00:00',
    '2026年12月1日 09:00:00',
    '+020000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2200-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
  ])('%s is none', (text) => {
    expect(timeIn(text)).toBeUndefined();
    expect(timeInUtc(text)).toBeUndefined();
  });
});

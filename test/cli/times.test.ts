import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTime } from '#cli/times';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const inShanghai = () => 8 * 3_600_000;
const at = (text: string) => new Date(parseTime(text, NOW, inShanghai)).toISOString();

describe('a time that a person types', () => {
  test.each([
    ['2026-11-20T03:00Z', '2026-11-20T03:00:00.000Z'],
    ['2026-11-20T03:00+08:00', '2026-11-19T19:00:00.000Z'],
    ['90m', '2026-11-20T08:30:00.000Z'],
    ['2d', '2026-11-18T10:00:00.000Z'],
    // In Shanghai it is 18:00.
    ['17:59', '2026-11-20T09:59:00.000Z'],
    ['18:00', '2026-11-20T10:00:00.000Z'],
    ['18:01', '2026-11-19T10:01:00.000Z'],
    ['03:00', '2026-11-19T19:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  test.each(['', 'soon', '25:00', '3', '2026-13-01', '2026-11-20T', '-5m'])('is not %j', (text) => {
    expect(() => at(text)).toThrow('is no time');
  });

  test('as a clock is always within the last day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.nat(2e12),
        (h, m, now) => {
          const text = `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
          const found = parseTime(text, now, inShanghai);
          expect(found).toBeLessThanOrEqual(now);
          expect(found).toBeGreaterThan(now - 86_400_000);
        },
      ),
    );
  });
});

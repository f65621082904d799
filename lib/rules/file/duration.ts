import * as z from 'zod';
import { isNot } from '../wording.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `6h`, `2d`, also `0s`; in milliseconds. */
export const Duration = duration(/^(\d{1,6})([smhd])$/, 'a duration such as 30s, 5m, 6h or 2d');

/** The same, but longer than nothing. */
export const PositiveDuration = duration(
  /^(?!0+[smhd])(\d{1,6})([smhd])$/,
  'a duration of at least 1s, such as 30s, 5m or 6h',
);

function duration(pattern: RegExp, expected: string) {
  return z
    .string({ error: isNot(expected) })
    .regex(pattern, { error: isNot(expected) })
    .transform((text) => {
      const [, count, unit] = pattern.exec(text) ?? [];
      return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd'
        ? Number(count) * unitMs[unit]
        : Number.NaN;
    });
}

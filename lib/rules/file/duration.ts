import * as z from 'zod';
import { isNot } from './wording.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `6h`, `2d` or `0s`, transformed to milliseconds. */
export const Duration = duration(/^(\d{1,6})([smhd])$/, 'a duration such as 30s, 5m, 6h or 2d');

/** A `Duration` longer than 0. */
export const PositiveDuration = duration(
  /^(?!0+[smhd])(\d{1,6})([smhd])$/,
  'a duration of at least 1s, such as 30s, 5m or 6h',
);

const DAY_MS = 86_400_000;

/** The longest deadline of an action. It bounds how long a call can keep its nodes from others. */
const MAX_DEADLINE_DAYS = 30;

/** The deadline of one action as a command carries it: text such as `2h`, at most 30 days. */
export const DeadlineText = z.string().refine(isDeadline, {
  error: isNot(`a duration such as 90m, 2h or 1d, of at least 1s and at most ${MAX_DEADLINE_DAYS}d`),
});

/** A `DeadlineText`, transformed to milliseconds. */
export const Deadline = DeadlineText.transform(inMs);

/** Converts a `DeadlineText` to milliseconds. */
export function inMs(text: string): number {
  return PositiveDuration.parse(text);
}

function isDeadline(text: string): boolean {
  const { data } = PositiveDuration.safeParse(text);
  return data !== undefined && data <= MAX_DEADLINE_DAYS * DAY_MS;
}

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

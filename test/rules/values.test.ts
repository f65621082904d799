import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { Budget } from '#lib/rules/file/budget';
import { Timezone } from '#lib/rules/file/cron';
import { Duration, PositiveDuration } from '#lib/rules/file/duration';
import { FieldPath } from '#lib/rules/file/field-path';
import { Matcher } from '#lib/rules/file/matcher';

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 };
const unit = fc.constantFrom('s', 'm', 'h', 'd');

test('a duration is its count times its unit, in milliseconds', () => {
  fc.assert(
    fc.property(fc.nat(999_999), unit, (count, letter) => {
      expect(Duration.parse(`${count}${letter}`)).toBe(count * secondsOf[letter] * 1000);
      expect(PositiveDuration.safeParse(`${count}${letter}`).success).toBe(count > 0);
    }),
  );
});

test.each([
  '',
  '5',
  's',
  '-5m',
  '1.5h',
  '5 m',
  ' 5m',
  '5m ',
  '1h30m',
  '5M',
  '1000000s',
  '٣m',
  5,
  null,
  true,
  [],
  {},
])('%j is no duration', (value) => {
  expect(Duration.safeParse(value).success).toBe(false);
  expect(PositiveDuration.safeParse(value).success).toBe(false);
});

test('a budget is a whole number of nodes or a percentage', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(100), (count, percent) => {
      expect(Budget.parse(count)).toEqual({ count });
      expect(Budget.parse(`${percent}%`)).toEqual({ percent });
    }),
  );
});

test.each(['101%', '100.5%', '-1%', '5', '5 %', '%', '', -1, 0.5, Number.NaN, null, []])(
  '%j is no budget',
  (value) => {
    expect(Budget.safeParse(value).success).toBe(false);
  },
);

test('the key of a field is everything after the first dot', () => {
  fc.assert(
    fc.property(fc.constantFrom('labels', 'annotations'), fc.stringMatching(/^[\w./-]+$/), (kind, key) => {
      expect(FieldPath.parse(`${kind}.${key}`)).toEqual({ kind, key });
    }),
  );
});

test.each(['', 'labels', 'labels.', 'label.x', '.x', 'Labels.x', 'constructor.x', 5])(
  '%j is no field',
  (value) => {
    expect(FieldPath.safeParse(value).success).toBe(false);
  },
);

test('one glob is a list of one', () => {
  expect(Matcher.parse('NT_*')).toEqual(['NT_*']);
  expect(Matcher.parse(['NT_*', 'a'])).toEqual(['NT_*', 'a']);
  expect(Matcher.safeParse([]).success).toBe(false);
});

const accepts = (schema: z.ZodType, value: string): boolean => schema.safeParse(value).success;

test('a time zone is one of the IANA database, in its spelling', () => {
  for (const name of [
    'UTC',
    'Europe/Berlin',
    'Asia/Calcutta',
    'Asia/Kolkata',
    ...Intl.supportedValuesOf('timeZone'),
  ]) {
    expect(accepts(Timezone, name), name).toBe(true);
  }
  for (const name of ['utc', 'Europe/Bonn', 'europe/berlin', '+02:00', '', 'Berlin']) {
    expect(accepts(Timezone, name), name).toBe(false);
  }
});

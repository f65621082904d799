import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { beyondBounds, excerpt, isSaneTime, MESSAGE_BOUNDS, SaneTime, UtcTime, within } from '#lib/bounds';

describe('a time', () => {
  test.each([
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T09:59:30.123456789Z', '2026-11-20T09:59:30.123Z'],
    ['2026-11-20T10:00:00+08:00', '2026-11-20T02:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
  ])('%s is believed', (text, utc) => {
    expect(SaneTime.parse(text)).toBe(text);
    expect(UtcTime.parse(text)).toBe(utc);
  });

  test.each([
    '9999-12-31T23:59:59-23:59',
    '9999-12-31T23:59:59Z',
    '2100-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+23:59',
    '0001-01-01T00:00:00Z',
    '1970-01-01T00:00:00+00:01',
    '2026-02-30T00:00:00Z',
    '2026-11-29 02:00:00',
    'yesterday',
    1_700_000_000,
    null,
  ])('%s is not', (text) => {
    expect(SaneTime.safeParse(text).success).toBe(false);
    expect(UtcTime.safeParse(text).success).toBe(false);
  });

  test('that is believed can be written and read again by every version', () => {
    const ledgerTime = z.iso.datetime();
    fc.assert(
      fc.property(fc.date({ noInvalidDate: false }), (date) => {
        if (isSaneTime(date.getTime())) expect(ledgerTime.safeParse(date.toISOString()).success).toBe(true);
      }),
    );
    expect(isSaneTime(Number.NaN)).toBe(false);
  });
});

describe('JSON', () => {
  const bounds = { depth: 3, values: 6, bytes: 10 };

  test.each([
    [{ a: { b: {} } }, undefined],
    [{ a: { b: { c: {} } } }, 'is nested more than 3 levels deep'],
    [[1, 2, 3, 4, 5, 6], undefined],
    [[1, 2, [3, 4, 5, 6]], 'holds more than 6 values'],
    ['0123456789', undefined],
    ['0123456789a', 'holds more than 10 bytes of text'],
    [['ñññññ', ''], undefined],
    [['ñññññ', 'x'], 'holds more than 10 bytes of text'],
    [{ abcdefghijk: 1 }, 'holds more than 10 bytes of text'],
    [null, undefined],
  ])('%j: %s', (value, problem) => {
    expect(beyondBounds(value, bounds)).toBe(problem);
  });

  test.each([
    ['a million levels deep', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
    ['of a million values', `[${'1,'.repeat(1_000_000)}1]`],
  ])('%s is seen to be too much', (_, text) => {
    expect(beyondBounds(JSON.parse(text), MESSAGE_BOUNDS)).toMatch(/levels deep|values/);
  });

  test('of a schema is held to bounds besides', () => {
    const schema = within(z.looseObject({ a: z.string().optional() }), bounds);
    expect(schema.parse({ a: 'x', b: [1] })).toEqual({ a: 'x', b: [1] });
    expect(schema.safeParse({ b: [[[]]] }).error?.issues).toMatchObject([
      { path: [], message: 'is nested more than 3 levels deep' },
    ]);
  });
});

test('an excerpt is never longer than it may be', () => {
  expect(excerpt('abc', 3)).toBe('abc');
  expect(excerpt('abcd', 3)).toBe('ab…');
});

import * as z from 'zod';
import { isRecord } from '#lib/is-record';
import { nearest } from '#lib/nearest';
import { suggestAction } from '../suggestions/action.ts';

/**
 * Words zod's issues for the author of the rules file. An issue about several unknown keys gets one line for each, in the order of
 * its `keys`.
 */
export const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return wrongType(issue.input, issue.expected);
  if (issue.code === 'invalid_union') return ofUnion(issue);
  if (issue.code === 'invalid_value') return notOneOf(issue.input, issue.values.map(String));
  if (issue.code === 'unrecognized_keys') {
    const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
    const suggest = (key: string) => suggestAction(key, known, issue.input) ?? suggestion(key, known);
    return issue.keys.map((key) => `is not a known key${suggest(key)}`).join('\n');
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const isNumber = typeof issue.input === 'number';
    if (issue.code === 'too_big')
      return isNumber ? `${show(issue.input)} is more than ${issue.maximum}` : undefined;
    if (isNumber) return `${show(issue.input)} is less than ${issue.minimum}`;
    return issue.minimum === 1 ? 'must not be empty' : undefined;
  }
  return undefined;
};

/** For a schema's `error`: `"6 hours" is not a duration`. A missing value gets the message for missing values. */
export function isNot(expected: string): z.core.$ZodErrorMap {
  return ({ input }) =>
    input === undefined || input === null ? undefined : `${show(input)} is not ${expected}`;
}

/** As `isNot`, for a value that may hold a secret: the message does not repeat the value. */
export function isNotSecretly(expected: string): z.core.$ZodErrorMap {
  return ({ input }) => (input === undefined || input === null ? undefined : `is not ${expected}`);
}

/** The end of a message: the known value that the author probably meant, or else all known values. */
export function suggestion(text: string, known: readonly string[]): string {
  const meant = nearest(text, known);
  if (meant) return `: did you mean "${meant}"?`;
  return known.length > 0 ? `: the known ones are ${known.join(', ')}` : '';
}

function notOneOf(input: unknown, known: readonly string[]): string {
  if (input === undefined) return `is missing: one of ${known.join(', ')}`;
  const meant = typeof input === 'string' ? nearest(input, known) : undefined;
  return `${show(input)} is not one of ${known.join(', ')}${meant ? `: did you mean "${meant}"?` : ''}`;
}

/** A value that has none of several forms. One field may tell them apart. */
function ofUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  const { input, discriminator } = issue;
  if (input === undefined) return 'is missing';
  if (discriminator === undefined || !isRecord(input)) return undefined;
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  return notOneOf(input[discriminator], options);
}

function wrongType(input: unknown, expected: string): string {
  if (input === undefined) return 'is missing';
  const kind = kinds[expected] ?? expected;
  if (input === null) {
    return kind === 'a map' ? 'has no value: write {} for an empty map' : `has no value: it must be ${kind}`;
  }
  if (kind === 'text' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `${input} is a ${typeof input}: put it in quotes to make it text`;
  }
  return `${show(input)} is not ${kind}`;
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

export function show(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'a map';
  const text = typeof input === 'string' ? JSON.stringify(input) : String(input);
  return text.length <= 80 ? text : `${text.slice(0, 76)}…"`;
}

import * as z from 'zod';
import { excerpt } from './bounds.ts';

// This file words the findings of schemas for all readers.

/** One mistake in a value, and its place. */
export type PathProblem = { path: PropertyKey[]; reason: string };

/** One wrong field of a request. */
export type FieldProblem = { field: string; message: string };

/** Limit of the named fields: a sender of 300,000 wrong fields reads no list of them. */
const MAX_PROBLEMS = 20;

const MAX_FIELD_CHARACTERS = 200;
const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Zod's issues as single mistakes, each at its value: an unknown key at the key, and for a union the mistakes in the intended
 * form. It yields them one by one, because an issue may name any number of keys.
 */
export function* problemsIn(
  issues: readonly z.core.$ZodIssue[],
  above: readonly PropertyKey[] = [],
): Generator<PathProblem, void> {
  for (const issue of issues) {
    const path = [...above, ...issue.path];
    const meant = issue.code === 'invalid_union' ? issue.errors.filter((form) => form.every(isInside)) : [];
    const [form, ...others] = meant;
    if (issue.code === 'unrecognized_keys') {
      const reasons = wordedKeys(issue);
      for (const [index, key] of issue.keys.entries())
        yield { path: [...path, key], reason: reasons[index] ?? reasons[0] ?? 'is not a known field' };
    } else if (issue.code === 'invalid_key') {
      yield { path, reason: issue.issues[0]?.message ?? issue.message };
    } else if (form && others.length === 0) {
      yield* problemsIn(form, path);
    } else {
      yield { path, reason: reasonOf(issue) };
    }
  }
}

/** The texts of zod itself begin like this. A message of a schema of ours stays as it is. */
const ZODS_OWN = /^(Invalid (input|option|discriminator value)\b|Too (small|big): )/;

/** A mistake in our words. It does not repeat the value, which may be a secret. */
function reasonOf(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (!ZODS_OWN.test(message)) return message;
  if (message.endsWith('received undefined')) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return oneOf(issue.values);
  // Zod declares no options, but gives them for a union that one field tells apart.
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return oneOf(issue.options);
  if (issue.code === 'too_big')
    return sized(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
  if (issue.code === 'too_small') {
    if (issue.minimum === 1 && issue.origin !== 'number') return 'must not be empty';
    return sized(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
  }
  return message;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', set: 'entries' };

function oneOf(values: readonly unknown[]): string {
  return `must be ${values.length > 1 ? 'one of ' : ''}${values.map((value) => (value === '' ? 'empty' : String(value))).join(', ')}`;
}

function sized(origin: string, bound: string, limit: number | bigint): string {
  const unit = UNITS[origin];
  return unit === undefined ? `must be ${bound} ${limit}` : `must have ${bound} ${limit} ${unit}`;
}

/** Whether a form fits as a whole, so that only a part of it is wrong. */
function isInside({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

/** Our wording for unknown keys: a line for each, or one for all. */
function wordedKeys({ message }: z.core.$ZodIssue): string[] {
  return message.startsWith('Unrecognized key') ? [] : message.split('\n');
}

/** `rules[0].ladder[1].reset-nodes`; keys of other characters are quoted. */
export function dotPath(path: readonly PropertyKey[]): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      const key = String(segment);
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** Zod's issues in one line, each mistake with the path of its field: `rollingConfig.maxUnavailable: …; nodeNames: …`. */
export function describeIssues({ issues }: Pick<z.ZodError, 'issues'>): string {
  return fieldProblems(issues, '')
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ');
}

/**
 * Zod's issues as fields, in the spelling of the payload: `alerts[0].labels.instance`. At most twenty; the last then says how
 * many more there are.
 *
 * @param whole stands for the value as a whole
 */
export function fieldProblems(issues: readonly z.core.$ZodIssue[], whole = '(body)'): FieldProblem[] {
  const problems: FieldProblem[] = [];
  let left = 0;
  for (const { path, reason } of problemsIn(issues)) {
    if (problems.length < MAX_PROBLEMS) {
      const field = excerpt(dotPath(path), MAX_FIELD_CHARACTERS) || whole;
      problems.push({ field, message: excerpt(reason, MAX_MESSAGE_CHARACTERS) });
    } else left += 1;
  }
  if (left > 0) problems.splice(-1, 1, { field: '(more)', message: `${left + 1} more fields are wrong` });
  return problems;
}

/** Words the issues of a request for its author: the missing parts, and the fields that the page's table has. */
export const requestWording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
    return `is unknown; the fields here are ${known.join(', ')}`;
  }
  return issue.input === undefined ? 'is mandatory' : undefined;
};

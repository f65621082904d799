import { excerpt } from '#lib/bounds';

const MAX_NAME = 200;
const MAX_TEXT = 1_000;

/** Labels or annotations from fields that may be absent. Long texts are cut and marked. */
export function texts(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) =>
      text === undefined ? [] : [[excerpt(name, MAX_NAME), excerpt(text, MAX_TEXT)]],
    ),
  );
}

/** Go's text for an unset time: the alert counts from its receipt. */
export const UNKNOWN_START = '0001-01-01T00:00:00.000Z';

const wrong: readonly (readonly [RegExp, readonly unknown[]])[] = [
  [/^String$/, [7, true, {}, ['a'], null]],
  [/^Integer$/, ['1', 1.5, true, [1], null]],
  [/^Boolean$/, ['true', 1, null]],
  [/^Array of strings$/, ['a', {}, [7], [null], null]],
  [/^Array of \w+ objects$/, ['a', {}, ['a'], [7], [null], null]],
  [/^Map<String,String>$/, ['a', ['a'], { a: 7 }, { a: null }, null]],
  [/^(\w+ object|Object)$/, ['a', ['a'], 7, null]],
];

/** Values that are not of a type, by the word that the pages have for it. */
export function valuesOfAnotherType(type: string): readonly unknown[] {
  const [, values] = wrong.find(([pattern]) => pattern.test(type)) ?? [];
  if (values === undefined) throw new Error(`no wrong values are known for the type ${type}`);
  return values;
}

/** The values that take a field, or a part of it, away in a merge patch. */
export function nullsOf(type: string): readonly unknown[] {
  return type.startsWith('Map<') ? [null, { a: null }] : [null];
}

/** Whether a value is none but for the null in it. */
export function isNull(value: unknown): boolean {
  return value === null || JSON.stringify(value) === '{"a":null}';
}

/** One field of a page's table. A check lists the mistakes in a value; an empty list means none. */
export type Check = (value: unknown, at: string) => string[];
type Field = { check: Check; mandatory: boolean };

export const mandatory = (check: Check): Field => ({ check, mandatory: true });
export const optional = (check: Check): Field => ({ check, mandatory: false });

export function text(form = /^/s, what = 'a string'): Check {
  return (value, at) => (typeof value === 'string' && form.test(value) ? [] : [`${at}: is not ${what}`]);
}

export function integer(least = 0): Check {
  return (value, at) =>
    Number.isInteger(value) && Number(value) >= least ? [] : [`${at}: is not an integer from ${least}`];
}

export const boolean: Check = (value, at) =>
  typeof value === 'boolean' ? [] : [`${at}: is not true or false`];

export function oneOf(...values: string[]): Check {
  return (value, at) =>
    values.includes(String(value)) && typeof value === 'string'
      ? []
      : [`${at}: is not ${values.join(' or ')}`];
}

export function listOf(check: Check): Check {
  return (value, at) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => check(each, `${at}[${index}]`))
      : [`${at}: is not an array`];
}

/** At least one name, each only once. */
export const names: Check = (value, at) => [
  ...listOf(text(/./s, 'a name'))(value, at),
  ...(Array.isArray(value) && value.length === 0 ? [`${at}: is empty`] : []),
  ...(Array.isArray(value) && new Set(value).size < value.length ? [`${at}: has a name twice`] : []),
];

/** `Map<String,String>`. @param orNull in a merge patch, null takes a key away (RFC 7396) */
export function mapOfTexts({ orNull = false } = {}): Check {
  return (value, at) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, each]) =>
          typeof each === 'string' || (orNull && each === null) ? [] : [`${at}.${key}: is not a string`],
        )
      : [`${at}: is not an object`];
}

/** An object with these fields and no others. @param orNull as above, for the fields that are not mandatory */
export function table(fields: Record<string, Field>, { orNull = false } = {}): Check {
  return (value, at) => {
    if (!isObject(value)) return [`${at || 'the body'}: is not an object`];
    const below = (field: string) => (at === '' ? field : `${at}.${field}`);
    return [
      ...Object.keys(value)
        .filter((field) => !Object.hasOwn(fields, field))
        .map((field) => `${below(field)}: is not a field`),
      ...Object.entries(fields).flatMap(([field, { check, mandatory: must }]) => {
        const each = value[field];
        if (each === undefined) return must ? [`${below(field)}: is mandatory`] : [];
        return each === null && orNull && !must ? [] : check(each, below(field));
      }),
    ];
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

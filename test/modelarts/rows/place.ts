/** A copy of `base` with `value` at a path such as `tags.0.key`; `undefined` takes it out. */
export function placed(base: unknown, path: string, value: unknown): unknown {
  if (path === '') return value;
  const [name = '', ...rest] = path.split('.');
  const fields = new Map<string, unknown>(Object.entries(base ?? (/^\d+$/.test(name) ? [] : {})));
  const inner = rest.length > 0 ? placed(fields.get(name), rest.join('.'), value) : value;
  if (inner === undefined) fields.delete(name);
  else fields.set(name, inner);
  return Array.isArray(base) || /^\d+$/.test(name) ? [...fields.values()] : Object.fromEntries(fields);
}

/** A copy of `base` with several values placed, each by its path. */
export function placedAll(base: unknown, values: Readonly<Record<string, unknown>> = {}): unknown {
  return Object.entries(values).reduce((body, [path, value]) => placed(body, path, value), base);
}

/** The value at a path; `undefined` where there is none. */
export function at(base: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (value && typeof value === 'object' ? Reflect.get(value, name) : undefined),
      base,
    );
}

export const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join('.');

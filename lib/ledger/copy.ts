/** A deep copy of JSON data, several times as fast as a structured clone. */
export function copyOf<Data>(data: Data): Data;
export function copyOf(data: unknown): unknown {
  if (data === null || typeof data !== 'object') return data;
  if (Array.isArray(data)) return data.map((entry: unknown) => copyOf(entry));
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    // A key of this name would become the prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, {
        value: copyOf(value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copy[key] = copyOf(value);
  }
  return copy;
}

/** The same data, which from now on nothing can change. A part that is frozen already is not looked into. */
export function frozen<Data>(data: Data): Data {
  if (data === null || typeof data !== 'object' || Object.isFrozen(data)) return data;
  for (const part of Object.values(data)) frozen(part);
  return Object.freeze(data);
}

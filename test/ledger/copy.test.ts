import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOf } from '#lib/ledger/copy';

test('a copy is what a way through JSON leaves, and shares nothing with its original', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const data: unknown = JSON.parse(JSON.stringify(value));
      const copy = copyOf(data);
      expect(JSON.stringify(copy)).toBe(JSON.stringify(data));
      expect(shared(copy, data)).toBe(false);
    }),
  );
});

test('a key that is called like the prototype is a key', () => {
  const text = '{"__proto__":{"a":1},"b":[{"__proto__":2}]}';
  const copy: unknown = copyOf(JSON.parse(text));
  expect(JSON.stringify(copy)).toBe(text);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});

/** Whether two values are one object, or have one in them at the same place. */
function shared(one: unknown, other: unknown): boolean {
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false;
  return one === other || Object.entries(one).some(([key, value]) => shared(value, Reflect.get(other, key)));
}

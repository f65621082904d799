import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatch } from '#lib/modelarts/requests/merge-patch';

// RFC 7396, appendix A; a value that is gone altogether is undefined here.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, undefined],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (target, patch, merged) => {
  expect(mergePatch(target, patch)).toEqual(merged);
});

test('the same patch again changes nothing, and no null is left of it', () => {
  const text = fc.string({ minLength: 1, maxLength: 3 });
  const map = fc.dictionary(text, fc.oneof(text, fc.dictionary(text, text)));
  const patch = fc.dictionary(text, fc.option(fc.oneof(text, fc.dictionary(text, fc.option(text)))));
  fc.assert(
    fc.property(map, patch, (target, change) => {
      const once = mergePatch(target, change);
      expect(mergePatch(once, change)).toEqual(once);
      expect(JSON.stringify(once)).not.toContain('null');
    }),
  );
});

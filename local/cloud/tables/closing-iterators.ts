import { createRequire } from 'node:module';

let isDone = false;

/**
 * From now on an iterator of dynalite's database is closed at the end of its stream. dynalite calls `return`, which the iterators of
 * LevelDB do not have: each query left one behind, and its memory, until the process ended.
 */
export function closeIterators(): void {
  if (isDone) return;
  isDone = true;
  const level = createRequire(import.meta.resolve('dynalite')).resolve('level');
  const abstract: unknown = createRequire(level)('abstract-level');
  const made: unknown = Reflect.get(Object(abstract), 'AbstractValueIterator');
  // Iterators of keys and of values have one prototype above their own.
  const prototype: unknown = typeof made === 'function' && Object.getPrototypeOf(made.prototype);
  const close: unknown = Reflect.get(Object(prototype), 'close');
  if (typeof prototype !== 'object' || prototype === null || typeof close !== 'function')
    throw new Error(`the iterators of LevelDB have no close: adapt ${import.meta.filename}`);
  Reflect.set(prototype, 'return', async function end(this: unknown) {
    await Reflect.apply(close, this, []);
    return { done: true, value: undefined };
  });
}

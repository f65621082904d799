import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { succeededMessageIds } from '#local/cloud/queues/batch-response';

const ids = ['m1', 'm2', 'm3'];
const failure = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('an answer that reports batch item failures', () => {
  it.each([
    ['nothing', null, ids],
    ['an empty object', {}, ids],
    ['an empty list', failure(), ids],
    ['null for the list', { batchItemFailures: null }, ids],
    ['one failure', failure('m2'), ['m1', 'm3']],
    ['a failure named twice', failure('m2', 'm2'), ['m1', 'm3']],
    ['a message of another batch', failure('m2', 'm9'), []],
    ['an empty identifier', failure(''), []],
    ['null for an identifier', failure(null), []],
    ['a misspelt key', { batchItemFailures: [{ itemIdentfier: 'm2' }] }, []],
    ['something else for the list', { batchItemFailures: 'm2' }, []],
    ['a text', 'done', []],
  ])('%s', (_, answer, expected) => {
    expect(succeededMessageIds(ids, { payload: JSON.stringify(answer) }, true)).toEqual(expected);
  });

  it('never counts a reported message, nor any after an error, as done', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { minLength: 1 }),
        fc.infiniteStream(fc.boolean()),
        (all, chosen) => {
          const failed = all.filter(() => chosen.next().value);
          const payload = JSON.stringify(failure(...failed));
          const done = succeededMessageIds(all, { payload }, true);
          expect(new Set([...done, ...failed])).toEqual(new Set(all));
          expect(done.some((id) => failed.includes(id))).toBe(false);
          expect(succeededMessageIds(all, { payload, functionError: 'Unhandled' }, true)).toEqual([]);
        },
      ),
    );
  });
});

it('an answer means nothing where failures are not reported', () => {
  expect(succeededMessageIds(ids, { payload: JSON.stringify(failure('m2')) }, false)).toEqual(ids);
  expect(succeededMessageIds(ids, { payload: '{}', functionError: 'Unhandled' }, false)).toEqual([]);
});

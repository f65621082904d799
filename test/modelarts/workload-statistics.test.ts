import { expect, test } from 'vitest';
import { WorkloadStatistics } from '#lib/modelarts/replies/workload-statistics';

const train = { type: 'train', total: 3, status: { Running: 2, Failed: '1', Pending: 0 } };

test.each(['statistics', 'statics'])('counts are read under the name %s', (name) => {
  expect(WorkloadStatistics.parse({ [name]: { total: 1, items: [train] } })).toEqual({
    kinds: [{ type: 'train', counts: { Running: 2, Failed: 1, Pending: 0 } }],
  });
});

test('a count that is missing or unreadable is not 0', () => {
  const status = { Running: null, Creating: -1, Abnormal: 'many', Pending: 0.5, Terminating: {} };
  expect(
    WorkloadStatistics.parse({ statistics: { items: [{ type: 'infer', status }, { type: 7 }] } }),
  ).toEqual({
    kinds: [
      { type: 'infer', counts: {} },
      { type: undefined, counts: {} },
    ],
  });
});

test.each([
  undefined,
  null,
  {},
  { statistics: null },
  { statistics: {} },
  { statistics: { items: null } },
  { statistics: { items: {} } },
  { statistics: { items: [null] } },
  { error_msg: 'no' },
])('%j has no counts, and is no error', (body) => {
  expect(WorkloadStatistics.parse(body)).toEqual({ kinds: [] });
});

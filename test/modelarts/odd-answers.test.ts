import { describe, expect, test } from 'vitest';
import { readAnswer } from '#lib/modelarts/client/answer';
import { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { listWorkloads } from '#lib/modelarts/endpoints/list-workloads';

const read = (endpoint: typeof listPoolNodes | typeof listWorkloads, body: unknown) =>
  readAnswer<unknown>(
    { kind: 'answer', status: 200, headers: {}, body: JSON.stringify(body), complete: true },
    endpoint,
    {},
    0,
  );

describe('an empty list is believed only where nothing beside it says otherwise', () => {
  test.each([
    [{ error: { code: 'x', message: 'y' } }],
    [{ error: 'not ready' }],
    [{ errors: [{ message: 'y' }] }],
    [{ errorCode: 'x', errorMsg: 'y' }],
    [{ error_code: 'x' }],
    [{ kind: 'Status', reason: 'Forbidden' }],
    [{ kind: 'Status' }],
    [{ kind: 'NodePoolList' }],
  ])('%j beside it is no answer', (beside) => {
    for (const endpoint of [listPoolNodes, listWorkloads])
      expect(read(endpoint, { items: [], ...beside })).toMatchObject({
        ok: false,
        failure: { code: 'reply-unexpected', transient: true },
      });
  });

  test('nor is the list of something else', () => {
    expect(read(listWorkloads, { kind: 'NodeList', items: [] }).ok).toBe(false);
    expect(read(listPoolNodes, { kind: 'WorkloadList', items: [] }).ok).toBe(false);
  });

  test.each([[{}], [{ kind: null }], [{ error_code: '', error_msg: null }], [{ error: null, errors: [] }]])(
    '%j beside it says nothing',
    (beside) => {
      for (const endpoint of [listPoolNodes, listWorkloads])
        expect(read(endpoint, { items: [], ...beside }).ok).toBe(true);
    },
  );
});

const entry = (privateIp: unknown) => ({ metadata: { name: '' }, status: { privateIp } });

test('an entry that cannot be read keeps the address that it bears', () => {
  const items = [entry('10.0.0.1'), entry('none'), entry(5), { metadata: {} }, null];
  const answer = read(listPoolNodes, { items });
  expect(answer).toMatchObject({ ok: true, reply: { nodes: [] } });
  const { unreadable } = (answer as { reply: { unreadable: { address?: string }[] } }).reply;
  expect(unreadable.map(({ address }) => address)).toEqual(['10.0.0.1', ...Array(4).fill(undefined)]);
});

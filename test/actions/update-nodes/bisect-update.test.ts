import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { updateBisecting } from '#lib/actions/update-nodes/bisect-update';
import { ModelArtsError, type ModelArtsFailure } from '#lib/modelarts/client/errors';
import { clientOf } from '#test/strict-modelarts/client';

const action = 'createTags' as const;
const tags = [{ key: 'Env', value: 'prod' }];

function refusal(more: Partial<ModelArtsFailure> = {}): ModelArtsError {
  const endpoint = { name: 'batchUpdateNodes', method: 'POST', idempotent: true } as const;
  return new ModelArtsError({
    endpoint,
    path: '/',
    outcome: 'refused',
    transient: false,
    status: 400,
    ...more,
  });
}

/** An API that refuses every request with a node of `bad`, by name or not. */
function api(bad: readonly string[], naming: boolean, failure: Partial<ModelArtsFailure> = {}) {
  const requests: string[][] = [];
  const client = clientOf((_endpoint, { body }: { body: { nodeNames: string[] } }) => {
    requests.push(body.nodeNames);
    const hit = body.nodeNames.find((name) => bad.includes(name));
    if (hit === undefined) return { succeeded: body.nodeNames, failed: [] };
    throw refusal({ vendorMessage: naming ? `node ${hit} is locked` : 'locked', ...failure });
  });
  return {
    requests,
    update: (nodeNames: string[]) => updateBisecting(client, 'pool', { nodeNames, action, tags }, {}),
  };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `node-${index}`);

describe('a refusal that is meant for single nodes', () => {
  test('keeps the update from no other node, and every node has its outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 200 }),
        fc.uniqueArray(fc.nat(199), { maxLength: 3 }),
        fc.boolean(),
        async (count, badIndexes, naming) => {
          const all = names(count);
          const bad = all.filter((_, index) => badIndexes.includes(index));
          const { update, requests } = api(bad, naming);
          const { succeeded, failed } = await update(all);
          expect([...succeeded, ...failed.map(({ name }) => name)].toSorted()).toEqual(all.toSorted());
          for (const name of bad) expect(failed.map((node) => node.name)).toContain(name);
          if (bad.length <= 1) expect(failed).toHaveLength(bad.length);
          expect(requests.length).toBeLessThanOrEqual(64);
        },
      ),
    );
  });

  test('says why with the words of the API', async () => {
    const { failed } = await api(['node-1'], true).update(names(3));
    expect(failed).toEqual([{ name: 'node-1', status: '400 node node-1 is locked' }]);
  });
});

describe('is thrown, after one request,', () => {
  test.each([
    ['for a single node', ['node-0'], {}],
    [
      'for a pool that is not there',
      names(3),
      { status: 404, code: 'ModelArts.50015001', vendorMessage: 'pool not found' },
    ],
    ['for the one who asks', names(3), { status: 403 }],
    ['when the API only wants it later', names(3), { status: 429, transient: true }],
    ['when its effect is unknown', names(3), { status: 504, outcome: 'unknown', transient: true }],
  ] as const)('a failure %s', async (_name, nodes, failure) => {
    const { update, requests } = api(['node-0'], false, failure);
    await expect(update([...nodes])).rejects.toThrow(ModelArtsError);
    expect(requests).toHaveLength(1);
  });
});

describe('a part that the API wants later', () => {
  const throttled = { status: 429, transient: true, throttled: true };

  /** Refuses what names `bad`, and wants everything after the first `answered` parts later. */
  function busyApi(bad: string, answered: number, failure: Partial<ModelArtsFailure> = throttled) {
    const requests: string[][] = [];
    let parts = 0;
    const client = clientOf((_endpoint, { body: { nodeNames } }: { body: { nodeNames: string[] } }) => {
      requests.push(nodeNames);
      if (requests.length === 1) throw refusal({ vendorMessage: `node ${bad} is locked` });
      parts += 1;
      if (parts > answered) throw refusal(failure);
      return { succeeded: nodeNames, failed: [] };
    });
    return {
      requests,
      update: (all: string[]) => updateBisecting(client, 'pool', { nodeNames: all, action, tags }, {}),
    };
  }

  test.each([
    ['is throttled', throttled],
    ['is not answered', { status: 504, transient: true, outcome: 'unknown' as const }],
  ])('as it %s leaves the earlier answers valid, and no further part is sent', async (_name, failure) => {
    const { update, requests } = busyApi('node-1', 1, failure);
    expect(await update(names(3))).toEqual({
      succeeded: ['node-0', 'node-2'],
      failed: [{ name: 'node-1', status: String(failure.status) }],
      later: ['node-1'],
    });
    expect(requests).toEqual([names(3), ['node-0', 'node-2'], ['node-1']]);
  });

  test('leaves all that comes after it for later', async () => {
    const { update, requests } = busyApi('node-1', 0);
    const { succeeded, later } = await update(names(3));
    expect({ succeeded, later }).toEqual({ succeeded: [], later: ['node-0', 'node-2', 'node-1'] });
    expect(requests).toHaveLength(2);
  });

  test('for any number of nodes and answered parts: every node has one outcome', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 40 }), fc.nat(4), async (count, answered) => {
        const all = names(count);
        const { succeeded, failed, later } = await busyApi('node-1', answered).update(all);
        expect([...succeeded, ...failed.map(({ name }) => name)].toSorted()).toEqual(all.toSorted());
        expect(failed.map(({ name }) => name)).toEqual(expect.arrayContaining([...later]));
      }),
    );
  });
});

/** Refuses a request of several nodes with a locked one, answers so many parts, and then refuses everything. */
function closingApi(answered: number, failure: Partial<ModelArtsFailure>) {
  const requests: string[][] = [];
  const client = clientOf((_endpoint, { body: { nodeNames } }: { body: { nodeNames: string[] } }) => {
    requests.push(nodeNames);
    if (requests.length === 1) throw refusal({ vendorMessage: 'node node-1 is locked' });
    if (requests.length > 1 + answered) throw refusal(failure);
    return { succeeded: nodeNames, failed: [] };
  });
  return {
    requests,
    update: (all: string[]) => updateBisecting(client, 'pool', { nodeNames: all, action, tags }, {}),
  };
}

describe('a part that is refused for a reason of all nodes', () => {
  const forbidden = { status: 403 };
  const poolGone = { status: 404, code: 'ModelArts.50015001', vendorMessage: 'pool not found' };

  test.each([
    ['no permission any more', forbidden, '403'],
    ['no pool any more', poolGone, '404 ModelArts.50015001 pool not found'],
  ])('takes no success from an answered part: %s', async (_name, failure, status) => {
    const { update, requests } = closingApi(1, failure);
    expect(await update(names(3))).toEqual({
      succeeded: ['node-0', 'node-2'],
      failed: [{ name: 'node-1', status }],
      later: [],
    });
    expect(requests).toHaveLength(3);
  });

  test('refuses the whole update if no part was answered', async () => {
    const { update, requests } = closingApi(0, forbidden);
    await expect(update(names(3))).rejects.toMatchObject({ status: 403 });
    expect(requests).toHaveLength(2);
  });
});

test('nodes in an answer that the request did not name are ignored', async () => {
  const client = clientOf(() => ({ succeeded: ['a', 'x'], failed: [{ name: 'y' }, { name: 'b' }] }));
  const outcomes = await updateBisecting(client, 'pool', { nodeNames: ['a', 'b'], action, tags }, {});
  expect(outcomes).toMatchObject({ succeeded: ['a'], failed: [{ name: 'b' }] });
});

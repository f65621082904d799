import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { policiesEnforced } from './tag-policies.ts';

const BY = 'enforce-tag-policy#1';

test.each([
  [undefined, ['that node-1 gets Env=prod']],
  ['odd-empty', []],
])('a policy asks for its tags at its last run, unless that has read the nodes oddly: %s', (odd, said) => {
  const policy = {
    name: 'one',
    pool: 'train-a',
    mode: 'act',
    nodes: { labels: {} },
    require: { Env: 'prod' },
    forbid: {},
    reassertMs: 3_600_000,
  };
  const rules = { pools: [{ id: POOL, name: 'train-a' }], tagPolicies: [policy] };
  const node = { name: 'node-1', labels: {}, flavor: 'npu', nodePool: 'np-1' };
  const run = runOf({
    rules,
    pools: { [POOL]: [node] },
    pasts: { 'node-1': [{}] },
    actions: { enforced: [{ atMs: 10_000, endedAtMs: 12_000, by: BY }] },
    deployment: { begun: new Map([[BY, { atMs: 10_000, rules }]]) },
    requests: [{ by: BY, path: `/pools/${POOL}/nodes`, atMs: 11_000, odd }],
  });
  expect([...policiesEnforced(run)].map(({ what }) => what.replace(/.*no request asked /, ''))).toEqual(said);
});

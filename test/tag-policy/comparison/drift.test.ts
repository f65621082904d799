import { expect, test } from 'vitest';
import { tagDrift } from '#lib/tag-policy/comparison/drift';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const AT = '2026-11-20T09:00:00.000Z';

const policy = (name: string) => ({
  name,
  mode: 'act' as const,
  nodes: { labels: {} },
  demands: [],
  forbid: {},
  reassertMs: 24 * 3_600_000,
});

test.each([
  ['that another policy forbids is replaced', ['test'], [['Env', 'prod']]],
  ['that no policy forbids stays', ['dev'], []],
])('a value that is allowed and %s', (_, values, created) => {
  const demand = { key: 'Env', allowed: ['prod', 'test'], value: 'prod', policy: policy('wants') };
  const changes = tagDrift(
    { demands: [demand], forbidden: [{ key: 'Env', values, policy: policy('forbids') }] },
    { present: { Env: { value: 'test', at: AT, remediation: 'r' } }, absent: [] },
    () => 'act',
    NOW,
  );
  expect(changes.map(({ key, value }) => [key, value])).toEqual(created);
});

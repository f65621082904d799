import { expect, it } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { forSimulator } from '#local/build/simulated-rules';

it('what is tried on a simulator reaches no pool that lives elsewhere', () => {
  const rules = parseRules(
    `pools:
  far:
    id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036
    project: 0123456789abcdef
    region: cn-east-3
    endpoint: https://modelarts.cn-east-3.myhuaweicloud.com
rules: []
polling: { first: 60s, every: 30s }
`,
    'rules.yml',
  );
  const simulated = forSimulator(rules, 30);
  expect(simulated.pools).toEqual([
    {
      id: rules.pools[0]!.id,
      name: 'far',
      budget: expect.anything(),
      windows: [],
      storm: expect.anything(),
      breaker: expect.anything(),
    },
  ]);
  expect(simulated.polling).toEqual({ firstMs: 2_000, everyMs: 1_000 });
  expect(rules.pools[0]).toMatchObject({ region: 'cn-east-3' });
});

import { describe, expect, test } from 'vitest';
import { parseRules, RulesError } from '#lib/rules/parse/parse';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

function mistakes(...tagPolicies: object[]): string[] {
  try {
    const named = tagPolicies.map((policy, index) => ({ name: `p${index + 1}`, pool: 'train-a', ...policy }));
    parseRules(JSON.stringify({ pools: { 'train-a': { id: POOL } }, tagPolicies: named }), 'r.yml');
    return [];
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
  }
}

test('a policy acts unless it says otherwise, and applies its tags again after a day', () => {
  const [policy] = parseRules(
    JSON.stringify({
      pools: { 'train-a': { id: POOL } },
      tagPolicies: [{ name: 'cost-centre', pool: POOL, require: { Env: 'prod' } }],
    }),
    'r.yml',
  ).tagPolicies;
  expect(policy).toEqual({
    name: 'cost-centre',
    pool: 'train-a',
    mode: 'act',
    nodes: { labels: {} },
    require: { Env: 'prod' },
    forbid: {},
    reassertMs: 86_400_000,
  });
});

describe('what the page says of tags is held to at build time', () => {
  test.each([
    [{ require: { 'a/b': 'x' } }, /^tagPolicies\[0\]\.require\["a\/b"\]: must consist of/],
    [{ require: { sysadmin: 'x' } }, /must not start with sys/],
    [{ require: { Env: ' prod' } }, /must not start or end with a space/],
    [{ require: { Env: 'x'.repeat(256) } }, /at most 255/],
    [{ forbid: { _sys_x: '*' } }, /must not start with sys/],
    [
      { forbid: { Env: 'a/*' } },
      /^tagPolicies\[0\]\.forbid\.Env: "a\/\*" cannot match the value of any tag: correct or remove it$/,
    ],
    [
      { require: { Env: 'a', env: 'b' } },
      /^tagPolicies\[0\]\.require\.env: differs from Env only in upper and lower case: keep one of them$/,
    ],
  ])('%j', (policy, why) => {
    expect(mistakes(policy)).toEqual([expect.stringMatching(why)]);
  });
});

describe('two policies that ask for different things', () => {
  const require = { Env: 'prod' };

  test.each([
    [
      'of the same nodes',
      { require },
      { require: { Env: 'dev' } },
      'require.Env: p1 requires Env=prod of the same nodes: change one of the two',
    ],
    [
      'in other letters',
      { require },
      { require: { env: 'prod' } },
      'require.env: p1 requires Env=prod of the same nodes: change one of the two',
    ],
    [
      'one of all nodes',
      { require, nodes: { flavor: 'a' } },
      { require: { Env: 'dev' } },
      'require.Env: p1 requires Env=prod of the same nodes: change one of the two',
    ],
    [
      'one of a part of the other’s nodes',
      { require, nodes: { flavor: 'modelarts.*', labels: { zone: '*' } } },
      { require: { Env: 'dev' }, nodes: { flavor: ['modelarts.bm', 'modelarts.vm'], labels: { zone: 'a' } } },
      'require.Env: p1 requires Env=prod of the same nodes: change one of the two',
    ],
    [
      'one to have, one not',
      { forbid: { Env: 'p*' } },
      { require },
      'require.Env: p1 forbids Env=prod on the same nodes: change one of the two',
    ],
    [
      'one not, one to have',
      { require },
      { forbid: { Env: '*' } },
      'forbid.Env: p1 requires Env=prod of the same nodes: change one of the two',
    ],
  ])('%s are a mistake', (_, first, second, mistake) => {
    expect(mistakes(first, second)).toEqual([`tagPolicies[1].${mistake}`]);
  });

  test.each([
    ['of other nodes', { require, nodes: { name: 'a' } }, { require: { Env: 'dev' }, nodes: { name: 'b' } }],
    [
      'of nodes that may be the same',
      { require, nodes: { name: 'a*' } },
      { require: { Env: 'dev' }, nodes: { flavor: 'b' } },
    ],
    ['but agree', { require }, { require: { Env: 'prod', Other: 'x' }, forbid: { env: '*' } }],
  ])('%s are none', (_, first, second) => {
    expect(mistakes(first, second)).toEqual([]);
  });
});

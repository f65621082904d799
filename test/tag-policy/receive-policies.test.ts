import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { TagPolicyMessage } from '#events/tag-policy';
import { tagPolicyJsonSchema } from '#events/tag-policy-json-schema';
import { createTagBench, nodeName } from './tag-bench.ts';

const DAY = 24 * 3_600_000;

/** The sample of the Organizations guide (docs/design/modelarts-api.md, section 8). */
const organization = {
  tags: {
    costcenter: {
      tag_key: { '@@assign': 'CostCenter' },
      tag_value: { '@@assign': ['100', '200'] },
      enforced_for: { '@@assign': ['apig:instance'] },
    },
  },
};
const message = { scope: { pool: 'train-a' }, policy: organization, mode: 'act' };

test('a policy that is sent is applied at once: the spelling of tag_key, the first value that is allowed', async () => {
  const bench = createTagBench([]);
  expect(await bench.receive(message)).toEqual([]);
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toEqual({ CostCenter: '100' });
  expect(bench.knownOf(nodeName(1))?.present['CostCenter']).toMatchObject({ policy: 'sent/organization' });
});

test('it stays in force for new nodes, and is applied again after a day', async () => {
  const bench = createTagBench([], 1);
  await bench.receive(message);
  await bench.work();
  bench.addNode('os-new');
  await bench.run();
  expect(bench.tagsOf('os-new')).toEqual({ CostCenter: '100' });
  bench.clear();
  bench.stand(DAY);
  await bench.run();
  expect(bench.updates().map(({ nodeNames }) => nodeNames.length)).toEqual([2]);
});

test('a known value that is allowed stays, with any default', async () => {
  const bench = createTagBench([{ name: 'own', pool: 'train-a', require: { costcenter: '200' } }], 1);
  await bench.run();
  bench.deploy([]);
  await bench.receive(message);
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toEqual({ CostCenter: '200' });
});

test('a change of a policy for which there is no room is a dead letter, and what was in force stays', async () => {
  const bench = createTagBench([], 1);
  const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);
  const large = (name: string, values: number) => ({
    ...message,
    name,
    policy: {
      tags: Object.fromEntries(
        keys.map((key) => [
          key,
          {
            tag_key: { '@@assign': key },
            tag_value: {
              '@@assign': Array.from({ length: values }, (_, index) => `${index}`.padEnd(43, 'v')),
            },
          },
        ]),
      ),
    },
  });
  expect(await bench.receive(large('one', 20))).toEqual([]);
  const before = bench.store.documents().find(({ pk }) => pk.includes('tag-policies'))?.['value'];
  expect(before).toBeDefined();
  await bench.receive(large('one', 150));
  expect(bench.queues.deadLetters.map(({ attributes }) => attributes?.['reason'])).toEqual([
    expect.stringContaining('no room for another received tag policy'),
  ]);
  expect(bench.store.documents().find(({ pk }) => pk.includes('tag-policies'))?.['value']).toEqual(before);
});

const named = (value: string, updatedAt: string) => ({
  ...message,
  policy: { tags: { env: { tag_key: { '@@assign': 'Env' }, tag_value: { '@@assign': [value] } } } },
  updatedAt,
});

test('a later message of the same name takes its place, an older one that comes late does not', async () => {
  const bench = createTagBench([], 1);
  await bench.receive(named('new', '2026-11-20T09:00:00+08:00'));
  await bench.receive(named('old', '2026-11-20T00:30:00Z'));
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toEqual({ Env: 'new' });
});

test('a policy without tags takes back the one of its name', async () => {
  const bench = createTagBench([], 1);
  await bench.receive(message);
  await bench.work();
  bench.stand(1000);
  await bench.receive({ ...message, policy: { tags: {} } });
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toEqual({});
});

test('only the nodes of its scope are meant, and without a mode nothing is called', async () => {
  const bench = createTagBench([]);
  await bench.receive({ ...message, scope: { pool: 'train-a', nodes: { name: '*-00002' } } });
  await bench.work();
  expect([1, 2].map((index) => bench.tagsOf(nodeName(index)))).toEqual([{}, { CostCenter: '100' }]);

  const cautious = createTagBench([], 1);
  await cautious.receive({ ...message, mode: undefined });
  await cautious.work();
  expect(cautious.updates()).toEqual([]);
  expect(cautious.remediations()).toMatchObject([{ state: 'observed' }]);
});

test('a message that comes twice changes nothing the second time', async () => {
  const bench = createTagBench([], 1);
  await bench.receive(message, message);
  await bench.receive(message);
  await bench.work();
  expect(bench.updates()).toHaveLength(1);
});

test('a bad message goes to the dead letters with the reason, and its neighbours go on', async () => {
  const bench = createTagBench([], 1);
  const again = await bench.receive(
    'no JSON',
    { ...message, policy: { tags: { 'sys-x': {} } } },
    { ...message, scope: { pool: 'train-b' } },
    message,
  );
  expect(again).toEqual([]);
  expect(bench.queues.deadLetters.map(({ attributes }) => attributes!['reason'])).toEqual([
    expect.stringMatching(/^the message is not JSON: /),
    expect.stringMatching(/sys-x: must not start with sys/),
    'scope.pool: the rules file has no pool with the name or id "train-b"',
  ]);
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toEqual({ CostCenter: '100' });
});

test('when the pool cannot be read the message is delivered again, and the policy is known already', async () => {
  const bench = createTagBench([], 1);
  bench.api.before = () => {
    throw new Error('the API is down');
  };
  expect(await bench.receive(message)).toEqual(['p0']);
  bench.api.before = () => {};
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({ CostCenter: '100' });
});

const policyOf = (rule: object) => ({ ...message, policy: { tags: { Env: rule } } });

const applied = async (rule: object) => {
  const bench = createTagBench([], 1);
  await bench.receive(policyOf(rule));
  await bench.work();
  expect(bench.queues.deadLetters).toEqual([]);
  return bench.tagsOf(nodeName(1));
};

describe('the document', () => {
  test('without tag_key the key is that of the policy in lower case', async () => {
    expect(await applied({ tag_value: { '@@assign': ['prod'] } })).toEqual({ env: 'prod' });
  });

  test('values may be appended and removed, and with a wildcard in it a value is no default', async () => {
    expect(
      await applied({ tag_value: { '@@assign': ['a'], '@@append': ['b*', 'c'], '@@remove': ['a'] } }),
    ).toEqual({ env: 'c' });
  });

  test('without tag_value any value will do, and none is made up', async () => {
    expect(await applied({ tag_key: { '@@assign': 'Env' } })).toEqual({});
  });

  test('may be JSON text, as the Organizations API gives it', () => {
    const asText = TagPolicyMessage.parse({ ...message, policy: JSON.stringify(organization) });
    expect(asText).toEqual(TagPolicyMessage.parse(message));
  });

  test.each([
    ['a key of other characters', { tags: { 'a/b': {} } }, /a\/b/],
    [
      'a key that is spelt as another word',
      { tags: { env: { tag_key: { '@@assign': 'Environment' } } } },
      /must be env/,
    ],
    ['a key twice', { tags: { env: {}, Env: {} } }, /is env in other letters/],
    [
      'a value with a space at its end',
      { tags: { env: { tag_value: { '@@assign': ['prod '] } } } },
      /with no space/,
    ],
    [
      'a value of other characters',
      { tags: { env: { tag_value: { '@@assign': ['a?b'] } } } },
      /must consist of/,
    ],
    ['no tags at all', {}, /tags/],
    ['text that is no JSON', 'tags: {}', /is text, and not JSON/],
  ])('with %s is refused', (_, policy, why) => {
    const { error } = TagPolicyMessage.safeParse({ ...message, policy });
    expect(JSON.stringify(error?.issues)).toMatch(why);
  });
});

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));

test('the committed schema is that of the code, and accepts the samples', () => {
  const committed = read('docs/tag-policy.schema.json');
  expect(committed).toEqual(JSON.parse(JSON.stringify(tagPolicyJsonSchema())));
  // zod's reader of JSON Schema does not understand the Unicode classes of a pattern, nor what a property's name must be.
  const readable = JSON.parse(JSON.stringify(committed), (key, value) =>
    key === 'propertyNames' || (key === 'pattern' && value.includes('\\p{')) ? undefined : value,
  );
  const sample = read('events/tag-policies/organization.json');
  expect(z.fromJSONSchema(readable).safeParse(sample).success).toBe(true);
  expect(z.fromJSONSchema(readable).safeParse({ ...sample, scop: {} }).success).toBe(false);
  expect(TagPolicyMessage.parse(sample)).toMatchObject({ mode: 'act' });
});

const policies = (bench: ReturnType<typeof createTagBench>): object =>
  (bench.store.documents().find(({ pk }) => pk.startsWith('tag-policies'))!['value'] as any).sent;

const ended = (name: string) => ({ ...message, name, policy: { tags: {} } });

describe('the tag policies that a pool was sent', () => {
  test('are at most 50 at a time; one of them may change, be taken back, and then another has its place', async () => {
    const bench = createTagBench([], 1);
    for (let index = 0; index < 50; index += 1) await bench.receive({ ...message, name: `p-${index}` });
    expect(bench.queues.deadLetters).toEqual([]);
    await bench.receive({ ...message, name: 'one-more' });
    expect(bench.queues.deadLetters).toHaveLength(1);
    bench.stand(1_000);
    await bench.receive({ ...message, name: 'p-7', mode: 'observe' });
    await bench.receive(ended('never-sent'));
    await bench.receive(ended('p-8'));
    bench.stand(1_000);
    await bench.receive({ ...message, name: 'one-more' });
    expect(bench.queues.deadLetters).toHaveLength(1);
    bench.stand(1_000);
    await bench.receive({ ...message, name: 'p-8' });
    expect(bench.queues.deadLetters).toHaveLength(2);
  });

  test('do not fill its document with the names of those that were taken back', async () => {
    const bench = createTagBench([], 1);
    await bench.receive({ ...message, name: 'kept' });
    for (let index = 0; index < 51; index += 1) {
      await bench.receive(ended(`gone-${index}`));
      bench.stand(1_000);
    }
    expect(Object.keys(policies(bench))).toHaveLength(51);
    expect(policies(bench)).toHaveProperty('kept');
    expect(policies(bench)).toHaveProperty('gone-50');
    expect(policies(bench)).not.toHaveProperty('gone-0');
    // An older message of one that is remembered does not bring it back.
    await bench.receive({ ...message, name: 'gone-50', updatedAt: '2026-11-20T00:00:00Z' });
    expect(policies(bench)).toMatchObject({ 'gone-50': { demands: [] } });
  });
});

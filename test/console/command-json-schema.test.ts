import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Command } from '#events/command';
import { commandJsonSchema } from '#events/command-json-schema';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const committed = read('docs/command.schema.json') as z.core.JSONSchema.BaseSchema;

test('the committed schema is that of the code: npm run schema writes it', () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(commandJsonSchema())));
});

/** By zod's reader of JSON Schema, which understands neither the Unicode classes of a pattern nor a `required` alone. */
function isBeyondReader(key: string, value: unknown): boolean {
  if (key === 'pattern') return String(value).includes('\\p{');
  return key === 'anyOf' && JSON.stringify(value) === JSON.stringify(nodePoolOrNode);
}
const nodePoolOrNode = [{ required: ['nodePool'] }, { required: ['node'] }];

const asSchema = z.fromJSONSchema(
  JSON.parse(JSON.stringify(committed), (key, value) => (isBeyondReader(key, value) ? undefined : value)),
);

test.each(['update-node-pool', 'delete-node-pool'])(
  '%s names its node pool, or one of its nodes',
  (action) => {
    const changes =
      action === 'update-node-pool' ? { parameters: { spec: { resources: { count: 2 } } } } : {};
    const command = { action, pool: 'train-a', ...changes };
    const forms = (committed.oneOf ?? []) as {
      properties: { action: { const: string } };
      anyOf?: object[];
    }[];
    expect(forms.find(({ properties }) => properties.action.const === action)?.anyOf).toEqual(nodePoolOrNode);
    expect(Command.safeParse(command).success).toBe(false);
    expect(Command.safeParse({ ...command, nodePool: 'np-1' }).success).toBe(true);
    expect(Command.safeParse({ ...command, node: 'os-node-a' }).success).toBe(true);
    expect(Command.safeParse({ ...command, nodePool: 'np-1', node: 'os-node-a' }).success).toBe(true);
  },
);

describe('it says the same as the code', () => {
  const samples = globSync('events/commands/*.json', { cwd: root });
  test.each(samples)('of the sample %s', (file) => {
    expect(asSchema.safeParse(read(file)).success).toBe(true);
  });

  const command = { action: 'delete-node-pool', pool: 'train-a', nodePool: 'np-1' };
  test.each<[string, object]>([
    ['an unknown action', { ...command, action: 'reboot-nodes' }],
    ['an unknown field', { ...command, force: true }],
    ['nodes in place of a node pool', { action: 'delete-node-pool', pool: 'train-a', nodes: ['a'] }],
    ['an id that is none', { ...command, id: 'a b' }],
    ['an unknown mode', { ...command, mode: 'force' }],
    [
      'an unknown field of the API',
      { ...command, action: 'update-node-pool', parameters: { spec: { resources: { counts: 2 } } } },
    ],
  ])('of %s', (_name, wrong) => {
    expect(Command.safeParse(wrong).success).toBe(false);
    expect(asSchema.safeParse(wrong).success).toBe(false);
  });
});

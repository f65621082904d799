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

/** By zod's reader of JSON Schema, which does not understand the Unicode classes of a pattern. */
const asSchema = z.fromJSONSchema(
  JSON.parse(JSON.stringify(committed), (key, value) =>
    key === 'pattern' && value.includes('\\p{') ? undefined : value,
  ),
);

describe('it says the same as the code', () => {
  const samples = globSync('events/command-*.json', { cwd: root });
  test.each(samples)('of the sample %s', (file) => {
    expect(asSchema.safeParse(read(file)).success).toBe(true);
  });

  const command = { action: 'delete-node-pool', pool: 'train-a', nodePool: 'np-1' };
  test.each<[string, object]>([
    ['an unknown action', { ...command, action: 'reboot-nodes' }],
    ['an unknown field', { ...command, force: true }],
    ['no node pool', { action: 'delete-node-pool', pool: 'train-a' }],
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

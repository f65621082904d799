import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { rulesJsonSchema } from '#lib/rules/parse/json-schema';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const committed: z.core.JSONSchema.BaseSchema = JSON.parse(read('../../docs/poolkeeper.schema.json'));
const sample = read('../../poolkeeper.yml');
const everyKey = read('every-key.yml');

test('the committed schema is that of the code: npm run schema writes it', () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(rulesJsonSchema())));
});

test('the sample points editors to it', () => {
  expect(sample.split('\n')[0]).toBe('# yaml-language-server: $schema=docs/poolkeeper.schema.json');
});

/** By zod's reader of JSON Schema, which understands neither a `required` alone nor the Unicode classes of a pattern. */
function accepts(text: string): boolean {
  const readable = JSON.parse(JSON.stringify(committed), (key, value) =>
    key === 'oneOf' || (key === 'pattern' && value.includes('\\p{')) ? undefined : value,
  );
  return z.fromJSONSchema(readable).safeParse(parse(text)).success;
}

test('it accepts what the parser accepts, and refuses an unknown key and a wrong value', () => {
  expect(accepts(sample)).toBe(true);
  expect(accepts(everyKey)).toBe(true);
  expect(accepts(everyKey.replace('cooldown:', 'cooldwon:'))).toBe(false);
  expect(accepts(everyKey.replace('cooldown: 6h', 'cooldown: 6 hours'))).toBe(false);
  expect(accepts(everyKey.replace('strategy: RollingByNumber', 'strategy: All'))).toBe(false);
});

/** The request bodies of the API are described on the vendor's pages. */
const vendors = new Set(['reset-nodes', 'update-nodes', 'migrate-nodes', 'resources']);

test('each key of Poolkeeper’s own is described', () => {
  const undescribed: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword !== 'properties') {
        walk(value, path);
        continue;
      }
      for (const [key, property] of Object.entries<{ description?: string }>(value)) {
        if (!property.description) undescribed.push(`${path}.${key}`);
        if (!vendors.has(key)) walk(property, `${path}.${key}`);
      }
    }
  };
  walk(committed, '');
  expect(undescribed).toEqual([]);
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faults } from './catalogue.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test.each(faults.map((fault) => [fault.name, fault] as const))(
  'can be made in the code: %s',
  (_, { file, find, replace }) => {
    expect(readFileSync(path.join(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  },
);

test('faults have different names', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
});

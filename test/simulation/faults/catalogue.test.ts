import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { Lang, parse } from '@ast-grep/napi';
import { expect, test } from 'vitest';
import { faults, makeFault } from './catalogue.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The kinds of names that stand for a value, and not for a property. */
const NAMES = ['identifier', 'shorthand_property_identifier', 'shorthand_property_identifier_pattern'];

const known = new Map<string, Set<string>>();

/** The names in a file as it is, which many faults change. */
function namesInFile(file: string, text: string): Set<string> {
  const names = known.get(file) ?? namesIn(text);
  known.set(file, names);
  return names;
}

function namesIn(text: string): Set<string> {
  const rule = { any: NAMES.map((kind) => ({ kind })) };
  const nodes = parse(Lang.TypeScript, text).root().findAll({ rule });
  return new Set(nodes.map((node) => node.text()));
}

/** The names that a mistake brings with it. */
function declaredIn(text: string): Set<string> {
  const root = parse(Lang.TypeScript, text).root();
  const patterns = ['const $NAME = $_', '($NAME) => $_', 'await using $NAME = $_'];
  const nodes = patterns.flatMap((pattern) => root.findAll({ rule: { pattern } }));
  const taken = root.findAll({ rule: { kind: 'shorthand_property_identifier_pattern' } });
  return new Set([
    ...nodes.map((node) => node.getMatch('NAME')?.text() ?? ''),
    ...taken.map((node) => node.text()),
  ]);
}

function spaceless(code: string): string {
  return stripTypeScriptTypes(code).replaceAll(/\s/g, '');
}

test.each(faults.map((fault) => [fault.name, fault] as const))('can be made in the code: %s', (_, fault) => {
  const changed = makeFault(fault);
  expect(changed).toHaveLength(1);
  for (const { file, text } of changed) {
    const before = readFileSync(file, 'utf8');
    expect(spaceless(text)).not.toBe(spaceless(before));
    const there = namesInFile(file, before).union(declaredIn(text));
    const unknown = [...namesIn(text)].filter((name) => !there.has(name) && !(name in globalThis));
    expect({ file: path.basename(file), unknown }).toEqual({ file: path.basename(file), unknown: [] });
  }
});

test('faults have different names', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
});

test('the tests that hold faults exist', () => {
  const held = new Set(faults.flatMap(({ heldBy }) => heldBy ?? []));
  expect([...held].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

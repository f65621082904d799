import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '#lib/actions/catalogue';
import { definitions } from '#lib/implementations';
import { samples } from '#local/send/samples';
import { findRoute } from '#local/simulator/routes/route-table';

// If a part of a new action is missing, either a test here fails, or the type check.

const root = path.resolve(import.meta.dirname, '../..');

test('every action that has traits is in the catalogue', () => {
  const folders = globSync('lib/actions/*/traits.ts', { cwd: root }).map((file) => file.split('/').at(-2));
  expect(folders.sort()).toEqual(catalogue.map(({ name }) => name).sort());
});

describe.each(catalogue.map((traits) => [traits.name, traits] as const))('%s', (name, { endpoint }) => {
  test('has a definition of its own, and a function that carries it out', () => {
    expect(definitions[name].action).toBe(name);
    const text = readFileSync(path.join(root, `functions/${name}.ts`), 'utf8');
    expect(text).toContain(`from '#lib/actions/${name}/definition'`);
    expect(text).toContain(`actionServices('${name}')`);
  });

  test('sends its own request', () => {
    const files = globSync(`lib/actions/${name}/*.ts`, { cwd: root }).map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    expect(files.some((text) => text.includes(`{ ${endpoint.name} }`))).toBe(true);
  });

  test('has a sample, which is offered', () => {
    const offered = samples.flatMap(({ files }) => files.map(({ file }) => file));
    expect(offered).toContain(`commands/${name}.json`);
  });

  test('is answered by the simulator', () => {
    const uri = endpoint.path.replaceAll(/\{(\w+)\}/g, 'some-$1');
    expect(findRoute(endpoint.method, uri)?.route.path).toBe(endpoint.path);
  });
});

describe('the files of a new action, as CONTRIBUTING.md lists them', () => {
  const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
  const listed = Array.from(text.matchAll(/^\| \d+ +\| `([^`]+)`/gm), ([, file = '']) => file);

  test('are twelve', () => {
    expect(listed).toHaveLength(12);
  });

  test.each(listed)('are those of an action that there is: %s', (file) => {
    expect(existsSync(path.join(root, file.replace('reboot', 'reset')))).toBe(true);
  });
});

test('actions know nothing of one another', () => {
  const across = globSync('lib/actions/*/*.ts', { cwd: root }).flatMap((file) => {
    const own = file.split('/').at(-2);
    const imports = readFileSync(path.join(root, file), 'utf8').matchAll(/from '#lib\/actions\/([\w-]+)\//g);
    return Array.from(imports, ([, other]) => other)
      .filter((other) => other !== own && other !== 'node-pools')
      .map((other) => `${file} → ${other}`);
  });
  expect(across).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
// Plain JavaScript, so that an older Node.js can read it.
const { NODE_PACKAGES, currentPlatform, refusalOf } = await import(new URL('cli/platform.mjs', root).href);
const linux = { platform: 'linux', arch: 'x64', version: '20.20.2', isMusl: false };

test.each([
  ['Windows, with any Node.js', { ...linux, platform: 'win32', version: '24.21.0' }, /in WSL/],
  ['Alpine', { ...linux, isMusl: true }, /musl.*node:24-slim/],
  ['a system without a package', { ...linux, platform: 'freebsd' }, /none for freebsd on x64: install Node/],
  ['a processor without a package', { ...linux, arch: 'riscv64' }, /none for linux on riscv64/],
])('Poolkeeper says what to do on %s', (_name, here, wanted) => {
  expect(refusalOf(here)).toMatch(wanted);
});

test.each([
  ['an older Node.js, if npm has a newer one', linux],
  ['Alpine with Node.js 24', { ...linux, isMusl: true, version: '24.0.0' }],
  ['this machine', currentPlatform()],
])('Poolkeeper runs on %s', (_name, here) => {
  expect(refusalOf(here)).toBeUndefined();
});

test('the packages with Node.js are the optional dependencies, and docs/reference/platforms.md has their versions', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const page = readFileSync(new URL('docs/reference/platforms.md', root), 'utf8');
  expect(Object.keys(optionalDependencies).toSorted()).toEqual(
    Object.values<string>(NODE_PACKAGES).toSorted(),
  );
  for (const [name, version] of Object.entries<string>(optionalDependencies)) {
    expect(page).toMatch(new RegExp(`\`${name}\` *\\| ${version} `));
  }
});

test('Node.js 24 starts without the report about its machine, which takes longer than the rest of the launch', () => {
  const here = {
    ...linux,
    version: '24.21.0',
    get isMusl() {
      return expect.unreachable();
    },
  };
  expect(refusalOf(here)).toBeUndefined();
});

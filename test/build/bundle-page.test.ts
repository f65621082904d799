import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePage } from '#local/build/bundle-page';

const root = path.resolve(import.meta.dirname, '../..');

/** Kilobytes of 1024, compressed. A phone on a slow line still has the page within a second. */
const BUDGET = 60;

let folder: string;
let files: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-page-'));
  await bundlePage(root, folder);
  const page = path.join(folder, 'dist/page');
  const names = await readdir(page, { recursive: true, withFileTypes: true });
  files = new Map(
    await Promise.all(
      names
        .filter((entry) => entry.isFile())
        .map(
          async ({ parentPath, name }) =>
            [name, await readFile(path.join(parentPath, name), 'utf8')] as const,
        ),
    ),
  );
});
afterAll(() => rm(folder, { recursive: true }));

test('the page is small', () => {
  const kilobytes = [...files.values()].map((text) => gzipSync(text, { level: 9 }).length / 1024);
  expect(kilobytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(BUDGET);
});

test('the page names files that are there, under names that change with their content', () => {
  const html = files.get('index.html') ?? '';
  const named = Array.from(html.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g), ([, name = '']) => name);
  expect(named.map((name) => name.replace(/-[A-Z0-9]{8}\./, '.')).toSorted()).toEqual([
    'icon.svg',
    'main.css',
    'main.js',
  ]);
  expect(named.filter((name) => !files.has(name))).toEqual([]);
});

test('the page has no code and no style in its text, and names no other host', () => {
  const html = files.get('index.html') ?? '';
  expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/);
  const hosts = [...files.values()].flatMap((text) => text.match(/https?:\/\/[\w.-]+/g) ?? []);
  // The names of languages that a browser knows, not addresses.
  expect([...new Set(hosts)].filter((host) => host !== 'http://www.w3.org')).toEqual([]);
});

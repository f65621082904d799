import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPageFiles, pageAsset, pageIndex } from '#lib/console/assets';
import type { HttpProblem } from '#lib/handler/problem';

let folder: string;
let page: ReturnType<typeof createPageFiles>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-page-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html>');
  await writeFile(path.join(folder, 'assets/main-AAAAAAAA.js'), 'run()');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  page = createPageFiles(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const asset = (file: string, headers = {}) => pageAsset({ path: { file }, headers }, { page });

test('the page says what a browser may do with it, and is asked for each time', async () => {
  const { status, headers = {}, body } = await pageIndex({ headers: {} }, { page });
  expect([status, String(body)]).toEqual([200, '<!doctype html>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
});

test.each(['weak', 'strong'])('a browser that has it (a %s tag) gets no body', async (strength) => {
  const { headers = {} } = await pageIndex({ headers: {} }, { page });
  const tag = strength === 'weak' ? `"other", W/${headers['etag']}` : headers['etag'];
  expect(await pageIndex({ headers: { 'if-none-match': tag } }, { page })).toMatchObject({
    status: 304,
    body: undefined,
  });
  expect(await pageIndex({ headers: { 'if-none-match': '"other"' } }, { page })).toMatchObject({
    status: 200,
  });
});

test('an asset is kept, and compressed for a browser that asks for it', async () => {
  const plain = await asset('main-AAAAAAAA.js');
  expect(plain).toMatchObject({
    status: 200,
    headers: {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    },
  });
  expect(plain.headers).not.toHaveProperty('content-encoding');
  const zipped = await asset('main-AAAAAAAA.js', { 'accept-encoding': 'br;q=1.0, gzip;q=0.8' });
  expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
  expect(gunzipSync(zipped.body as Buffer).toString()).toBe('run()');
  const refusing = await asset('main-AAAAAAAA.js', { 'accept-encoding': 'gzip;q=0, br' });
  expect(refusing.headers).not.toHaveProperty('content-encoding');
});

test.each(['../secret.txt', 'secret.txt', 'index.html', '..', '', '__proto__', 'assets', 'main-BBBBBBBB.js'])(
  'no other file leaves: %s',
  async (file) => {
    await expect(asset(file)).rejects.toMatchObject({ status: 404 });
  },
);

test('without a built page the answer says what to do', async () => {
  const missing = createPageFiles(path.join(folder, 'missing'));
  const problem: HttpProblem = await pageIndex({ headers: {} }, { page: missing }).then(
    () => expect.fail('it was answered'),
    (error: HttpProblem) => error,
  );
  expect([problem.status, problem.message]).toEqual([404, expect.stringContaining('npm run build')]);
});

import { createServer, request } from 'node:http';
import { expect, it } from 'vitest';
import { openHttpApi } from '#local/cloud/http/http-api';
import { isWide, urlOf } from '#local/cloud/listen-address';
import { listenOn } from '#local/cloud/loopback-server';
import { explainHost } from '#local/start/greeting';

const api = (host: string, hosts: string[] = []) =>
  openHttpApi({ host, port: 0, hosts, now: Date.now, onProblem: () => {} });

/** The status of a request to an address of this machine, with another Host header. */
function statusOf(url: string, address: string, host: string): Promise<number | undefined> {
  const { port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ host: address, port, headers: { host } }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on('error', reject)
    .end();
  return promise;
}

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80', false],
  ['localhost', 'http://localhost:80', false],
  ['0.0.0.0', 'http://127.0.0.1:80', true],
  ['::', 'http://[::1]:80', true],
  ['::1', 'http://[::1]:80', false],
  ['10.0.0.5', 'http://10.0.0.5:80', true],
  ['fd00::5', 'http://[fd00::5]:80', true],
])('on %s a system is at %s', (host, url, wide) => {
  expect([urlOf(host, 80), isWide(host)]).toEqual([url, wide]);
  expect(explainHost({ host, hosts: ['pool.example.com'] }).length > 0).toBe(wide);
});

// Linux has all addresses of 127.0.0.0/8.
it.runIf(process.platform === 'linux')(
  'a request may name the address at which it comes in, and a name only if it is given',
  async () => {
    const { url, stop } = await api('0.0.0.0', ['pool.example.com']);
    try {
      const status = (host: string) => statusOf(url, '127.0.0.2', host);
      const answers = [
        '127.0.0.2',
        '127.0.0.2:3000',
        '127.0.0.3',
        'pool.example.com',
        'evil.example.com',
        'localhost',
      ];
      // 503: accepted, and no function serves yet.
      expect(await Promise.all(answers.map(status))).toEqual([503, 503, 421, 503, 421, 503]);
    } finally {
      await stop();
    }
  },
);

it('speaks IPv6', async ({ skip }) => {
  const served = await api('::1').catch((error: unknown) => error);
  // A machine may have no IPv6.
  if (served instanceof Error) return skip(`no IPv6 here: ${served.message}`);
  const { url, stop } = served as Awaited<ReturnType<typeof api>>;
  try {
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect(await statusOf(url, '::1', new URL(url).host)).toBe(503);
    expect(await statusOf(url, '::1', '[fd00::5]')).toBe(421);
  } finally {
    await stop();
  }
});

it('says that the machine does not have an address', async () => {
  await expect(listenOn(createServer(), 0, '203.0.113.7')).rejects.toThrow(
    'This machine does not have the address 203.0.113.7: give --host (HOST) one of its addresses',
  );
});

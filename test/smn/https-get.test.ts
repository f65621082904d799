import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpsGet } from '#lib/smn/https-get';
import { closeServer, listenOnLoopback } from '#local/cloud/loopback-server';
import { type Issued, issueCertificate } from '#local/smn/certificate';

const valid = { from: Date.now() - 3_600_000, until: Date.now() + 3_600_000 };
const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
const visited: string[] = [];

let authority: Issued;
let server: Server;
let host: string;
beforeAll(async () => {
  authority = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
  const own = issueCertificate({ name: 'localhost', issuer: authority, ...valid });
  server = createServer(
    { key: own.key.export({ type: 'pkcs8', format: 'pem' }), cert: own.cert },
    ({ url = '' }, response) => {
      visited.push(url);
      if (url === '/elsewhere') response.writeHead(302, { location: `https://${host}/secret` }).end();
      else if (url === '/large') response.end('x'.repeat(2_000));
      else if (url === '/broken')
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
      else if (url === '/silent') return;
      else if (url.startsWith('/status/')) response.writeHead(Number(url.slice(8))).end();
      else response.end('good');
    },
  );
  host = `localhost:${await listenOnLoopback(server, 0)}`;
});
afterAll(() => closeServer(server));

const get = (path: string, more = {}) =>
  createHttpsGet({ host, ca: authority.cert })(new URL(`https://${host}${path}`), { ...limits, ...more });

describe('a GET', () => {
  test('reads the answer', async () => {
    expect(await get('/file')).toEqual({ kind: 'answer', body: 'good' });
  });

  test('follows no redirect', async () => {
    expect(await get('/elsewhere')).toEqual({
      kind: 'refused',
      why: 'it answered 302: redirects are not followed',
    });
    expect(visited).not.toContain('/secret');
  });

  test.each([
    ['/status/404', 'refused', 'it answered 404'],
    ['/status/500', 'passing', 'it answered 500'],
    ['/status/429', 'passing', 'it answered 429'],
    ['/large', 'passing', 'the answer has more than 1000 bytes'],
    ['/broken', 'passing', 'aborted'],
  ])('of %s is %s: %s', async (path, kind, why) => {
    expect(await get(path)).toEqual({ kind, why });
  });

  test('has an end', async () => {
    expect(await get('/silent', { timeoutMs: 50 })).toEqual({
      kind: 'passing',
      why: 'no answer within 50 ms',
    });
  });

  test('trusts no host without a certificate of a known authority', async () => {
    const other = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
    const asked = await createHttpsGet({ host, ca: other.cert })(new URL(`https://${host}/file`), limits);
    expect(asked).toMatchObject({ kind: 'passing', why: expect.stringMatching(/certificate|signature/) });
  });
});

const resolvedTo = (...addresses: string[]) =>
  createHttpsGet(undefined, (_, onResolved) =>
    onResolved(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ),
  );

describe('a name', () => {
  const url = new URL('https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem');
  test.each([
    [['127.0.0.1']],
    [['8.8.8.8', '10.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:127.0.0.1']],
  ])('that leads to %j is not followed', async (addresses) => {
    expect(await resolvedTo(...addresses)(url, limits)).toEqual({
      kind: 'refused',
      why: `smn.cn-north-4.myhuaweicloud.com has the address ${addresses.at(-1)}, which is not public`,
    });
  });

  test('of the stand-in has no such freedom for another port', async () => {
    const asked = await createHttpsGet({ host: 'localhost:1', ca: authority.cert })(
      new URL(`https://${host}/file`),
      limits,
    );
    expect(asked).toMatchObject({ kind: 'refused', why: expect.stringContaining('is not public') });
  });

  test('that has no address passes', async () => {
    expect(await resolvedTo()(url, limits)).toMatchObject({ kind: 'passing' });
  });
});

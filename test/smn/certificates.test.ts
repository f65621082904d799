import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createCertificates } from '#lib/smn/certificates';
import type { Got } from '#lib/smn/https-get';
import { type CertificateOptions, issueCertificate } from '#local/smn/certificate';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const HOUR = 3_600_000;
const valid = { from: NOW - HOUR, until: NOW + HOUR };
const authority = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
const middle = issueCertificate({ name: 'middle', issuer: authority, isAuthority: true, ...valid });
const expiredMiddle = issueCertificate({
  name: 'middle',
  issuer: authority,
  isAuthority: true,
  from: NOW - 2 * HOUR,
  until: NOW - 1,
});
const standIn = { host: 'localhost:8443', ca: authority.cert };

function issued(options: Partial<CertificateOptions> = {}) {
  return issueCertificate({ name: 'localhost', issuer: authority, ...valid, ...options });
}

function bench(answer: () => Got | Promise<Got>, pinned: string[] = []) {
  const clock = { at: NOW, now: () => clock.at };
  const asked: string[] = [];
  const get = async (url: URL) => {
    asked.push(url.href);
    return answer();
  };
  const certificates = createCertificates(get, clock, { pinned, standIn });
  return {
    clock,
    asked,
    find: (file = 'SMN_1', host = standIn.host) =>
      certificates.at(new URL(`https://${host}/smn/${file}.pem`)),
  };
}

const found = (file: string, pinned?: string[], host?: string) =>
  bench(() => ({ kind: 'answer', body: file }), pinned).find('SMN_1', host);

const good = issued();

describe('a signing certificate', () => {
  test('with a chain, its dates and its name in order is trusted', async () => {
    expect(await found(good.cert)).toMatchObject({ kind: 'trusted' });
  });

  test('may bring its issuers along', async () => {
    const leaf = issued({ issuer: middle });
    expect(await found(leaf.cert + middle.cert)).toMatchObject({ kind: 'trusted' });
    expect(await found(leaf.cert)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('no chain'),
    });
    const old = issued({ issuer: expiredMiddle });
    expect(await found(old.cert + expiredMiddle.cert)).toMatchObject({ kind: 'refused' });
  });

  const stranger = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
  test.each([
    ['that has expired', issued({ until: NOW - 1 }).cert, 'is valid from'],
    ['that is not valid yet', issued({ from: NOW + 1_000 }).cert, 'is valid from'],
    ['that is signed by itself', issued({ issuer: undefined }).cert, 'is signed by itself'],
    [
      'of another name',
      issued({ name: 'smn.example.com' }).cert,
      'is not issued for localhost, but for DNS:smn.example.com',
    ],
    ['of an unknown authority of the same name', issued({ issuer: stranger }).cert, 'has no chain'],
    [
      'that brings its own authority along',
      issued({ issuer: stranger }).cert + stranger.cert,
      'has no chain',
    ],
    ['whose issuer is no authority', issued({ issuer: good }).cert + good.cert, 'has no chain'],
    ['that is an authority', issued({ isAuthority: true }).cert, 'is signed by itself, or is an authority'],
    ['with a short key', issued({ bits: 1024 }).cert, 'has a key of 1024 bits'],
    ['that is none', '<html>maintenance</html>', 'is not a certificate'],
    [
      'that is none in PEM',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'is not a certificate',
    ],
    ['in a file of many', good.cert.repeat(9), 'is not a certificate'],
    ['that is a text after it', `x${issued({ until: NOW - 1 }).cert}${good.cert}`, 'is valid from'],
  ])('%s is refused', async (_, file, why) => {
    expect(await found(file)).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) });
  });

  test("of the stand-in's authority is worth nothing on the host of the vendor", async () => {
    const host = 'smn.cn-north-4.myhuaweicloud.com';
    const forged = issued({ name: host });
    expect(await found(forged.cert, [], host)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(
        /^has no chain to a known authority\. If you have checked .* [0-9A-F:]{95} to sources\.smn\.certificates/,
      ),
    });
  });

  test('that the rules file names is trusted without a chain and a name, but not beyond its dates', async () => {
    const self = issued({ name: 'SMN', issuer: undefined });
    const { fingerprint256 } = new X509Certificate(self.cert);
    expect(await found(self.cert, [fingerprint256])).toMatchObject({ kind: 'trusted' });
    const late = bench(() => ({ kind: 'answer', body: self.cert }), [fingerprint256]);
    late.clock.at = NOW + HOUR + 1;
    expect(await late.find()).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('is valid from'),
    });
  });
});

describe('a file', () => {
  test('is read once for many messages, and anew after some hours', async () => {
    const day = issued({ until: NOW + 48 * HOUR });
    const { find, asked, clock } = bench(() => ({ kind: 'answer', body: day.cert }));
    await Promise.all(Array.from({ length: 20 }, () => find()));
    await find();
    expect(asked).toHaveLength(1);
    clock.at += 7 * HOUR;
    await find();
    expect(asked).toHaveLength(2);
  });

  test('that is kept is not trusted when it has expired meanwhile', async () => {
    const { find, asked, clock } = bench(() => ({ kind: 'answer', body: good.cert }));
    expect(await find()).toMatchObject({ kind: 'trusted' });
    clock.at = NOW + HOUR + 1;
    expect(await find()).toMatchObject({ kind: 'refused' });
    expect(asked).toHaveLength(1);
  });

  test('that was no certificate is read anew after a minute', async () => {
    let body = '<html>maintenance</html>';
    const { find, asked, clock } = bench(() => ({ kind: 'answer', body }));
    expect(await find()).toMatchObject({ kind: 'refused' });
    body = good.cert;
    expect(await find()).toMatchObject({ kind: 'refused' });
    clock.at += 61_000;
    expect(await find()).toMatchObject({ kind: 'trusted' });
    expect(asked).toHaveLength(2);
  });

  test('that cannot be read now is asked for again by the next message', async () => {
    let answer: Got = { kind: 'passing', why: 'it answered 503' };
    const { find } = bench(() => answer);
    expect(await find()).toEqual({ kind: 'passing', why: 'it answered 503' });
    answer = { kind: 'answer', body: good.cert };
    expect(await find()).toMatchObject({ kind: 'trusted' });
  });

  test('behind a redirect is refused', async () => {
    const redirect: Got = { kind: 'refused', why: 'it answered 302: redirects are not followed' };
    expect(await bench(() => redirect).find()).toEqual({
      kind: 'refused',
      why: 'cannot be read: it answered 302: redirects are not followed',
    });
  });

  test('is one of ten at most that are asked for within a minute, but those that are known stay good', async () => {
    const { find, asked, clock } = bench(() => ({ kind: 'answer', body: good.cert }));
    await find();
    for (let index = 0; index < 50; index += 1) await find(`SMN_x${index}`);
    expect(asked).toHaveLength(10);
    expect(await find('SMN_y')).toMatchObject({ kind: 'passing', why: expect.stringContaining('too many') });
    expect(await find()).toMatchObject({ kind: 'trusted' });
    clock.at += 60_001;
    expect(await find('SMN_y')).toMatchObject({ kind: 'trusted' });
  });
});

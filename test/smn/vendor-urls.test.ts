import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '#lib/smn/public-address';
import { certificateUrl, confirmationUrl } from '#lib/smn/vendor-urls';

const region = 'cn-north-4';
const CERTIFICATE =
  'https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_cn-north-4_b98100ca131b4116ab8ee7ccedbaae99.pem';

describe('the address of a certificate', () => {
  test('is that of SMN in the region of the topic', () => {
    expect(certificateUrl(CERTIFICATE, { region })).toEqual({ kind: 'allowed', url: new URL(CERTIFICATE) });
  });

  test.each([
    'http://smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'HTTPS://smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://smn.cn-north-9.myhuaweicloud.com/smn/SMN_1.pem',
    'https://obs.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://bucket.obs.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com.example.com/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com@example.com/smn/SMN_1.pem',
    'https://example.com/smn/SMN_1.pem#smn.cn-north-4.myhuaweicloud.com',
    'https://example.com\\@smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://user:pass@smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com:8443/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com:443/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com./smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com/smn/../v2/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com/smn/%2e%2e/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem?url=http://169.254.169.254/',
    'https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem\n',
    'https://smn.cn-north-4.myhuaweicloud.com\t/smn/SMN_1.pem',
    'https://ſmn.cn-north-4.myhuaweicloud.com/smn/SMN_1.pem',
    'https://smn.cn-north-4.myhuaweicloud。com/smn/SMN_1.pem',
    'https://127.0.0.1/smn/SMN_1.pem',
    'https://2130706433/smn/SMN_1.pem',
    'https://[::1]/smn/SMN_1.pem',
    'https://[::ffff:169.254.169.254]/smn/SMN_1.pem',
    'https://169.254.169.254/smn/SMN_1.pem',
    'https://localhost:8443/smn/SMN_1.pem',
    'file:///smn/SMN_1.pem',
    'data:,x',
    '',
  ])('is not %j', (text) => {
    expect(certificateUrl(text, { region })).toMatchObject({
      kind: 'refused',
      why: 'must be https://smn.cn-north-4.myhuaweicloud.com/smn/….pem',
    });
  });

  test('is never of another host, with any text put into it', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(CERTIFICATE.length), fc.nat(8), (text, at, less) => {
        const mutated = CERTIFICATE.slice(0, at) + text + CERTIFICATE.slice(at + less);
        const checked = certificateUrl(mutated, { region });
        if (checked.kind === 'allowed')
          expect(checked.url.origin).toBe('https://smn.cn-north-4.myhuaweicloud.com');
      }),
    );
  });

  test('is that of a stand-in only where there is one', () => {
    const standIn = 'localhost:8443';
    expect(certificateUrl('https://localhost:8443/smn/SMN_1.pem', { region, standIn }).kind).toBe('allowed');
    expect(certificateUrl('https://localhost:8444/smn/SMN_1.pem', { region, standIn }).kind).toBe('refused');
    expect(certificateUrl('http://localhost:8443/smn/SMN_1.pem', { region, standIn }).kind).toBe('refused');
  });
});

describe('the address that confirms a subscription', () => {
  const query = 'token=0a41&topic_urn=urn:smn:cn-north-4:0a41:alarms&region=cn-north-4&region_id=cn-north-4';

  test.each([
    'console.huaweicloud.com',
    'console-intl.huaweicloud.com',
    'cn-north-4-console.huaweicloud.com',
    'smn.cn-north-4.myhuaweicloud.com',
  ])('may be on %s', (host) => {
    expect(confirmationUrl(`https://${host}/smn/subscription/confirm?${query}`, { region }).kind).toBe(
      'allowed',
    );
  });

  test.each([
    `http://console.huaweicloud.com/smn/subscription/confirm?${query}`,
    `https://console.huaweicloud.com/smn/subscription/unsubscribe?${query}`,
    `https://console.huaweicloud.com/iam/logout?${query}`,
    `https://console.huaweicloud.com/smn/subscription/confirm`,
    `https://console.huaweicloud.com/smn/subscription/confirm?${query}#x`,
    `https://console.huaweicloud.com:444/smn/subscription/confirm?${query}`,
    `https://ada@console.huaweicloud.com/smn/subscription/confirm?${query}`,
    `https://cn-north-9-console.huaweicloud.com/smn/subscription/confirm?${query}`,
    `https://evil-console.huaweicloud.com/smn/subscription/confirm?${query}`,
    `https://10.0.0.1/smn/subscription/confirm?${query}`,
  ])('is not %s', (text) => {
    expect(confirmationUrl(text, { region }).kind).toBe('refused');
  });
});

test.each([
  ['8.8.8.8', true],
  ['119.8.132.22', true],
  ['2407:c080::1', true],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['100.125.1.250', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.0.1', false],
  ['198.19.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::a00:1', false],
  ['2002:0a00:0001::', false],
  ['2001:0:1::', false],
  ['2001:db8::1', false],
  ['not an address', false],
])('the address %s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

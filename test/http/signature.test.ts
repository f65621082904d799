import { createHash } from 'node:crypto';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRequest, sign } from '#lib/http/signature';
import { sampleCredentials as credentials, sampleProject as P } from '#test/modelarts/client-fixture';
import { runs } from '#test/runs';

const now = Date.parse('2019-11-15T03:36:55Z');
const base = `https://modelarts.cn-north-4.myhuaweicloud.com/v2/${P}`;
const patch = {
  method: 'PATCH',
  url: `${base}/pools/p1/nodepools/np1`,
  headers: { 'content-type': 'application/merge-patch+json', 'x-project-id': P },
  body: '{"spec":{"resources":{"flavor":"f","count":1,"maxCount":1}}}',
};

/** docs/design/modelarts-api.md 6.4; the first is also the published example of the vendor's documentation. */
const vectors = [
  {
    name: 'V1',
    request: {
      method: 'GET',
      url: 'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
      headers: { 'content-type': 'application/json' },
    },
    signedHeaders: 'content-type;host;x-sdk-date',
    canonicalHash: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    name: 'V2',
    request: patch,
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonicalHash: 'e1a391e61f357239dc949809f262ef93317f5c0924270c3409076dc9d1eb7083',
    signature: '7ff170cf3208b9546a93a0ad768413dbc9a1b0d5f587915f6f4f97128c7de256',
  },
  {
    name: 'V3',
    request: { ...patch, headers: { ...patch.headers, 'X-Sdk-Content-Sha256': 'UNSIGNED-PAYLOAD' } },
    signedHeaders: 'content-type;host;x-project-id;x-sdk-content-sha256;x-sdk-date',
    canonicalHash: '4925b5f106a6872cf314cf676746bbf3c9c694c458f10158d13afed62d2607bc',
    signature: '16bec0b0519e3a8e65677aaa4cf49a896895a2d9ee1bc222fdd976fd365974b6',
  },
  {
    name: 'V4',
    request: {
      method: 'GET',
      url: `${base}/jobs?type=reset-nodes&limit=100&resource=pools&name=pool-a%20b`,
      headers: { 'content-type': 'application/json', 'x-project-id': P },
      securityToken: 'TTT',
    },
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date;x-security-token',
    canonicalHash: '8039e268b1c97cd4ca5c4f08c3ceb7a85267f00eacbf199a23405b01f4367c07',
    signature: 'b53f8ad62ae5261955cfac395913798e0f2d06bd1fd17c880014a710520bd4b6',
  },
];

describe('the published and computed vectors', () => {
  test.each(vectors)('$name', ({ request, signedHeaders, canonicalHash, signature }) => {
    const { method, headers } = request;
    const url = new URL(request.url);
    const securityToken = 'securityToken' in request ? { securityToken: request.securityToken } : {};
    const body = 'body' in request ? { body: Buffer.from(request.body) } : {};

    const signed = sign({
      method,
      url,
      headers,
      ...body,
      credentials: { ...credentials, ...securityToken },
      now,
    });

    expect(signed['authorization']).toBe(
      `SDK-HMAC-SHA256 Access=${credentials.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    );
    const { authorization: _, ...unsigned } = signed;
    const canonical = canonicalRequest({ method, url, headers: unsigned, ...body });
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(canonicalHash);
  });
});

test('a path that carries encoded characters is encoded once, not twice', () => {
  const url = new URL('https://example.com/v2/a%20b/c');
  expect(canonicalRequest({ method: 'GET', url, headers: {} }).split('\n')[1]).toBe('/v2/a%20b/c/');
});

// Inputs that Huawei's own signer reads in its own way are kept out: encoded paths (it encodes them twice), header names that
// its locale-aware sorting orders differently, and an unpaired surrogate (it throws).
const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'Y', 'Z', '0', '9', '-', '.', '_', '~'),
  minLength: 1,
  maxLength: 12,
});
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => value.isWellFormed());
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
  segments: fc.array(
    word.filter((segment) => !/^\.{1,2}$/.test(segment)),
    { maxLength: 5 },
  ),
  query: fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 }), { maxKeys: 5 }),
  headers: fc.dictionary(fc.constantFrom('content-type', 'x-project-id', 'accept'), word),
  data: fc.option(fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }), { nil: undefined }),
  port: fc.option(fc.integer({ min: 1024, max: 65_535 }), { nil: undefined }),
  securityToken: fc.option(word, { nil: undefined }),
});

test("signs every request as Huawei's own SDK does", () => {
  fc.assert(
    fc.property(request, ({ method, segments, query, headers, data, port, securityToken }) => {
      const endpoint = `https://modelarts.example.com${port ? `:${port}` : ''}/${segments.join('/')}`;
      const search = Object.entries(query)
        .flatMap(([name, values]) =>
          values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
        )
        .join('&');
      const token = securityToken === undefined ? {} : { 'x-security-token': securityToken };
      const theirs: Record<string, unknown> = AKSKSigner.sign(
        {
          endpoint,
          method,
          headers: { ...headers, ...token, 'X-Sdk-Date': '20191115T033655Z' },
          queryParams: query,
          data,
        },
        new BasicCredentials().withAk(credentials.accessKey).withSk(credentials.secretKey),
      );

      const ours = sign({
        method,
        url: new URL(`${endpoint}?${search}`),
        headers,
        ...(data && { body: Buffer.from(JSON.stringify(data)) }),
        credentials: { ...credentials, ...(securityToken !== undefined && { securityToken }) },
        now,
      });
      expect(ours['authorization']).toBe(theirs['Authorization']);
    }),
    { numRuns: runs(500) },
  );
});

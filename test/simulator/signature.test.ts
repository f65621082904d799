import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReceivedRequest, verifySignature } from '#local/simulator/signature';
import { runs } from '#test/runs';
import { firstNode, startTrial, trainA } from './trial.ts';

// The published documentation sample and the vectors computed with it (docs/design/modelarts-api.md 6.4); no real key.
const credentials = {
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
};
const signedAtMs = Date.parse('2019-11-15T03:36:55Z');
const project = '77b6a44cba5143ab91d13ab9a8ff44fd';
const host = 'modelarts.cn-north-4.myhuaweicloud.com';
const patchBody = '{"spec":{"resources":{"flavor":"f","count":1,"maxCount":1}}}';

const received = (
  method: string,
  target: string,
  headers: Record<string, string>,
  signature: string,
  body = '',
): ReceivedRequest => {
  const all = { ...headers, 'x-sdk-date': '20191115T033655Z' };
  const authorization = `SDK-HMAC-SHA256 Access=${credentials.accessKey}, SignedHeaders=${Object.keys(all).sort().join(';')}, Signature=${signature}`;
  return { method, target, headers: { ...all, authorization }, body: Buffer.from(body) };
};

const vectors: Record<string, ReceivedRequest> = {
  V1: received(
    'GET',
    `/v1/${project}/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0`,
    { 'content-type': 'application/json', host: 'service.region.example.com' },
    '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  ),
  V2: received(
    'PATCH',
    `/v2/${project}/pools/p1/nodepools/np1`,
    { 'content-type': 'application/merge-patch+json', host, 'x-project-id': project },
    '7ff170cf3208b9546a93a0ad768413dbc9a1b0d5f587915f6f4f97128c7de256',
    patchBody,
  ),
  V3: received(
    'PATCH',
    `/v2/${project}/pools/p1/nodepools/np1`,
    {
      'content-type': 'application/merge-patch+json',
      host,
      'x-project-id': project,
      'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD',
    },
    '16bec0b0519e3a8e65677aaa4cf49a896895a2d9ee1bc222fdd976fd365974b6',
    patchBody,
  ),
  V4: received(
    'GET',
    `/v2/${project}/jobs?type=reset-nodes&limit=100&resource=pools&name=pool-a%20b`,
    { 'content-type': 'application/json', host, 'x-project-id': project, 'x-security-token': 'TTT' },
    'b53f8ad62ae5261955cfac395913798e0f2d06bd1fd17c880014a710520bd4b6',
  ),
};

const validSecondsLater = (seconds: number) =>
  verifySignature(vectors['V1']!, credentials, signedAtMs + seconds * 1000).valid;

describe('verifySignature', () => {
  it.each(Object.entries(vectors))('accepts the published vector %s', (_name, request) => {
    expect(verifySignature(request, credentials, signedAtMs)).toEqual({
      valid: true,
      accessKey: credentials.accessKey,
    });
  });

  it('accepts the same query in any order, and an unreserved character written as itself or escaped', () => {
    const request = vectors['V4']!;
    const target = `/v2/${project}/jobs?name=pool%2Da+b&resource=pools&limit=100&type=reset-nodes`;
    expect(verifySignature({ ...request, target }, credentials, signedAtMs).valid).toBe(true);
  });

  it.each([
    ['method', { method: 'POST' }],
    ['path', { target: '/v2/other/jobs?type=reset-nodes&limit=100&resource=pools&name=pool-a%20b' }],
    ['query', { target: `/v2/${project}/jobs?type=reset-nodes&limit=101&resource=pools&name=pool-a%20b` }],
    ['body', { body: Buffer.from('{}') }],
    ['a path that is not percent-encoding', { target: '/v2/%zz/jobs' }],
  ])('refuses a changed %s', (_what, change) => {
    expect(verifySignature({ ...vectors['V4']!, ...change }, credentials, signedAtMs).valid).toBe(false);
  });

  it.each(['content-type', 'host', 'x-project-id', 'x-security-token', 'x-sdk-date'])(
    'refuses a changed or missing %s',
    (name) => {
      const { headers } = vectors['V4']!;
      for (const changed of ['20191115T033656Z', undefined]) {
        const request = { ...vectors['V4']!, headers: { ...headers, [name]: changed } };
        expect(verifySignature(request, credentials, signedAtMs).valid).toBe(false);
      }
    },
  );

  it('refuses a declared body hash that is not the body’s', () => {
    const request = vectors['V2']!;
    const headers = {
      ...request.headers,
      'x-sdk-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    expect(verifySignature({ ...request, headers }, credentials, signedAtMs)).toMatchObject({
      problem: 'X-Sdk-Content-Sha256 is not the hash of the body',
    });
  });

  it('allows 15 minutes of clock skew and no second more', () => {
    expect([-901, -900, 900, 901].map(validSecondsLater)).toEqual([false, true, true, false]);
  });

  it('refuses a signature, right in itself, that does not cover X-Sdk-Date', () => {
    const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const canonical = `GET\n/v2/\n\nhost:${host}\n\nhost\n${emptyHash}`;
    const canonicalHash = createHash('sha256').update(canonical).digest('hex');
    const signature = createHmac('sha256', credentials.secretKey)
      .update(`SDK-HMAC-SHA256\n20191115T033655Z\n${canonicalHash}`)
      .digest('hex');
    const authorization = `SDK-HMAC-SHA256 Access=${credentials.accessKey}, SignedHeaders=host, Signature=${signature}`;
    const headers = { host, 'x-sdk-date': '20191115T033655Z', authorization };
    const request = { method: 'GET', target: '/v2', headers, body: new Uint8Array() };
    expect(verifySignature(request, credentials, signedAtMs)).toMatchObject({
      problem: 'X-Sdk-Date is not signed',
    });
  });

  it('asks for the session token when it was given temporary keys', () => {
    const temporary = { ...credentials, securityToken: 'TTT' };
    expect(verifySignature(vectors['V4']!, temporary, signedAtMs).valid).toBe(true);
    expect(verifySignature(vectors['V1']!, temporary, signedAtMs).valid).toBe(false);
  });

  it('is never satisfied by any other authorization, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^SDK-HMAC-SHA256 Access=\w+, SignedHeaders=[a-z;-]+, Signature=[0-9a-f]{64}$/),
        ),
        (authorization) => {
          const request = vectors['V1']!;
          const headers = { ...request.headers, authorization };
          expect(verifySignature({ ...request, headers }, credentials, signedAtMs).valid).toBe(false);
        },
      ),
    );
  });
});

describe('a request signed by Huawei’s SDK', () => {
  it('is accepted, with any query and any body', async () => {
    await using trial = await startTrial();
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), fc.webPath(), async (text, path) => {
        const listed = await trial.get('/jobs', { type: text, marker: `${path} *'()!~` });
        expect(listed.status).toBe(200);
        const refused = await trial.call('POST', `/pools/${trainA}/nodes/batch-reset`, {
          body: { nodeNames: [text] },
        });
        expect(refused.status).toBe(400);
      }),
      { numRuns: runs(40) },
    );
  });

  it.each([
    [
      'body',
      (request: { body?: string }) =>
        void (request.body = request.body?.replace('"maxUnavailable":1', '"maxUnavailable":8') ?? ''),
    ],
    [
      'pool in the path',
      ({ url }: { url: URL }) => void (url.pathname = url.pathname.replace(trainA, `${trainA}0`)),
    ],
    ['query', ({ url }: { url: URL }) => url.searchParams.set('limit', '1')],
    [
      'header',
      ({ headers }: { headers: Record<string, string> }) => void (headers['X-Project-Id'] = 'another'),
    ],
  ])('is refused after a change to its %s', async (_what, tamper) => {
    await using trial = await startTrial();
    const answer = await trial.call('POST', `/pools/${trainA}/nodes/batch-reset`, {
      body: {
        nodeNames: [firstNode],
        rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
        nodeConfig: {},
      },
      tamper,
    });
    expect(answer.status).toBe(401);
    expect(answer.body.error_code).toBe('APIGW.0301');
    expect(trial.simulator.control.state().jobs).toEqual([]);
  });
});

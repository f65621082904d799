import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { HcClient, type HttpRequestOptions } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js';
import { LogLevel } from '@huaweicloud/huaweicloud-sdk-core/logger/index.js';
import { describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { firstNode, trainA } from './trial.ts';

const trainB = 'pool-1c52-6f5da086876d4cd084d36f8bd3346036';
const flavor = 'modelarts.bm.npu.arm.8snt9b.d';
const json = 'application/json';
const mergePatch = 'application/merge-patch+json';

const nothing = () => undefined;
/** The SDK writes every refusal to the console. */
const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
};

/** Two pools, on the clock of this machine: the SDK signs with no other. */
const start = () =>
  startSimulator({
    pools: [
      { name: 'train-a', id: trainA },
      { name: 'train-b', id: trainB },
    ],
  });

type Call = Pick<HttpRequestOptions, 'method' | 'url' | 'contentType' | 'data'> & {
  readonly query?: Readonly<Record<string, string | number>>;
};

/**
 * Sends what the generated ModelArts client of Huawei's SDK for Node.js (services/modelarts, not on npm) hands to the SDK's
 * core, and answers with the body, the headers that left and what the simulator made of them.
 */
const send = async ({ url, credentials, projectId, control }: Simulator, call: Call) => {
  const http = new DefaultHttpClient({ logger: silent }, [url]);
  const keys = new BasicCredentials().withAk(credentials.accessKey).withSk(credentials.secretKey);
  const client = new HcClient(http).withEndpoints([url]).withCredential(keys.withProjectId(projectId));
  const { query = {}, ...request } = call;
  const options = {
    ...request,
    queryParams: query,
    pathParams: { pool_name: trainA, nodepool_name: 'np-1' },
    headers: { 'Content-Type': call.contentType },
    responseHeaders: [''],
  };
  const answer = await client.sendRequest<any>(options).catch((error: unknown) => error);
  return { answer, headers: http.httpRequest?.headers ?? {}, logged: control.state().requests.at(-1) };
};

const pool = '/v2/{project_id}/pools/{pool_name}';

const operations: [string, Call, object][] = [
  [
    'batchResetPoolNodes',
    {
      method: 'POST',
      url: `${pool}/nodes/batch-reset`,
      contentType: json,
      data: {
        nodeNames: [firstNode],
        rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 25 },
        nodeConfig: { imageId: '3f2ee6e8-b19b-4683-8c9d-c10b197d51d6', imageType: 'private' },
      },
    },
    { job_id: expect.any(String) },
  ],
  [
    'batchUpdatePoolNodes',
    {
      method: 'POST',
      url: `${pool}/nodes/batch-update`,
      contentType: json,
      data: { nodeNames: [firstNode], action: 'createTags', tags: [{ key: '成本中心', value: 'größe 1' }] },
    },
    { successNodeNames: [{ name: firstNode, status: 'success' }] },
  ],
  [
    'batchMigratePoolNodes',
    {
      method: 'POST',
      url: `${pool}/nodes/batch-migrate`,
      contentType: json,
      data: {
        migrateNodeNames: [firstNode],
        fromClusterName: trainA,
        toClusterName: trainB,
        toPoolName: trainB,
        resourceSpec: { flavor },
      },
    },
    { job_id: expect.any(String) },
  ],
  [
    'patchNodePool, with the content type that its page demands',
    {
      method: 'PATCH',
      url: `${pool}/nodepools/{nodepool_name}`,
      contentType: mergePatch,
      data: { spec: { resources: { flavor, count: 3, maxCount: 3 } } },
    },
    { spec: { resources: expect.objectContaining({ nodePool: 'np-1', count: 3 }) } },
  ],
  [
    'deleteNodePool',
    { method: 'DELETE', url: `${pool}/nodepools/{nodepool_name}`, contentType: json },
    { kind: 'NodePool', metadata: { name: 'np-1' } },
  ],
  [
    'listJobs',
    {
      method: 'GET',
      url: '/v2/{project_id}/jobs',
      contentType: json,
      query: { type: 'reset-nodes', limit: 500, offset: 0, since: 1, resource: 'pools', name: trainA },
    },
    { count: 0, items: [] },
  ],
  [
    'listPoolNodes',
    { method: 'GET', url: `${pool}/nodes`, contentType: json, query: { continue: '', limit: 3 } },
    { kind: 'NodeList', metadata: { remainingItemCount: 5 } },
  ],
];

describe('called by the core of Huawei’s SDK, as its ModelArts client does', () => {
  it.each(operations)('%s', async (_operation, call, expected) => {
    await using simulator = await start();
    const { answer, headers, logged } = await send(simulator, call);
    expect(answer).toMatchObject({ httpStatusCode: 200, ...expected });
    expect(logged).toMatchObject({ signed: true, status: 200 });
    expect(logged?.body).toEqual(call.data);
    // docs/design/modelarts-api.md 6.3: with another content type than JSON the core leaves the payload unsigned.
    const unsigned = call.contentType === json ? undefined : 'UNSIGNED-PAYLOAD';
    expect(headers['X-Sdk-Content-Sha256']).toBe(unsigned);
    expect(headers['content-type']).toBe(call.contentType);
    expect(headers['X-Project-Id']).toBe(simulator.projectId);
  });

  it('patchNodePool as generated, with another content type than the page demands (docs/design/modelarts-api.md 10, row 15)', async () => {
    await using simulator = await start();
    const { answer, logged } = await send(simulator, {
      method: 'PATCH',
      url: `${pool}/nodepools/{nodepool_name}`,
      contentType: 'application/json;charset=UTF-8',
      data: { spec: { resources: { flavor, count: 3, maxCount: 3 } } },
    });
    expect(answer).toMatchObject({ spec: { resources: { count: 3, maxCount: 3 } } });
    expect(logged?.signed).toBe(true);
  });

  it('a wrong key is the error that the SDK makes of a gateway’s answer', async () => {
    await using simulator = await start();
    const wrong = {
      ...simulator,
      credentials: { accessKey: simulator.credentials.accessKey, secretKey: 'no' },
    };
    const { answer } = await send(wrong, { method: 'GET', url: `${pool}/nodes`, contentType: json });
    expect(answer).toMatchObject({ httpStatusCode: 401, errorCode: 'APIGW.0301' });
    expect(answer.requestId).toMatch(/^[0-9a-f]{32}$/);
  });
});

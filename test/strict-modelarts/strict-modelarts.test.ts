import { describe, expect, it } from 'vitest';
import { mergePatch } from '#local/simulator/world/merge-patch';
import { requestFaults } from './check-request.ts';
import { signatureFault } from './signature.ts';
import { batchResetFaults, listJobsFaults } from './tables.ts';
import { batchMigrateFaults, batchUpdateFaults, nodePoolPatchFaults } from './write-tables.ts';

const key = { ak: 'QTWAOYTTINDUT2QVKYUC', sk: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' };
const project = '77b6a44cba5143ab91d13ab9a8ff44fd';
const signedAt = Date.parse('2019-11-15T03:36:55Z');
const modelArts = 'modelarts.cn-north-4.myhuaweicloud.com';

/** docs/design/modelarts-api.md 6.4. */
const vectors = {
  V1: {
    method: 'GET',
    target: `/v1/${project}/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0`,
    headers: { 'content-type': 'application/json', host: 'service.region.example.com' },
    body: '',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  V2: {
    method: 'PATCH',
    target: `/v2/${project}/pools/p1/nodepools/np1`,
    headers: { 'content-type': 'application/merge-patch+json', host: modelArts, 'x-project-id': project },
    body: '{"spec":{"resources":{"flavor":"f","count":1,"maxCount":1}}}',
    signature: '7ff170cf3208b9546a93a0ad768413dbc9a1b0d5f587915f6f4f97128c7de256',
  },
  V3: {
    method: 'PATCH',
    target: `/v2/${project}/pools/p1/nodepools/np1`,
    headers: {
      'content-type': 'application/merge-patch+json',
      host: modelArts,
      'x-project-id': project,
      'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD',
    },
    body: '{"spec":{"resources":{"flavor":"f","count":1,"maxCount":1}}}',
    signature: '16bec0b0519e3a8e65677aaa4cf49a896895a2d9ee1bc222fdd976fd365974b6',
  },
  V4: {
    method: 'GET',
    target: `/v2/${project}/jobs?type=reset-nodes&limit=100&resource=pools&name=pool-a%20b`,
    headers: {
      'content-type': 'application/json',
      host: modelArts,
      'x-project-id': project,
      'x-security-token': 'TTT',
    },
    body: '',
    signature: 'b53f8ad62ae5261955cfac395913798e0f2d06bd1fd17c880014a710520bd4b6',
  },
};

function signedRequest({ headers, body, signature, ...request }: (typeof vectors)[keyof typeof vectors]) {
  const signed = [...Object.keys(headers), 'x-sdk-date'].sort().join(';');
  return {
    ...request,
    body: Buffer.from(body),
    headers: {
      ...headers,
      'x-sdk-date': '20191115T033655Z',
      authorization: `SDK-HMAC-SHA256 Access=${key.ak}, SignedHeaders=${signed}, Signature=${signature}`,
    } as Record<string, string>,
  };
}

describe('the signature check', () => {
  it.each(Object.entries(vectors))('accepts the published vector %s', (name, vector) => {
    const holder = name === 'V4' ? { ...key, securityToken: 'TTT' } : key;
    expect(signatureFault(signedRequest(vector), holder, signedAt)).toBeUndefined();
  });

  const request = signedRequest(vectors.V2);
  const { headers } = request;
  it.each([
    ['another body', { ...request, body: Buffer.from('{}') }, 'does not match'],
    ['another path', { ...request, target: request.target.replace('np1', 'np2') }, 'does not match'],
    ['another method', { ...request, method: 'PUT' }, 'does not match'],
    ['a header added', { ...request, headers: { ...headers, 'x-extra': '1' } }, 'x-extra is sent and not'],
    ['no signature', { ...request, headers: { ...headers, authorization: 'Basic x' } }, 'Authorization'],
  ])('refuses %s', (_, changed, why) => {
    expect(signatureFault(changed, key, signedAt)).toContain(why);
  });

  it('refuses a request of a quarter of an hour ago', () => {
    expect(signatureFault(request, key, signedAt + 15 * 60_000)).toBeUndefined();
    expect(signatureFault(request, key, signedAt + 15 * 60_000 + 1)).toContain('15 minutes');
  });

  it('refuses a signature by another secret key', () => {
    expect(signatureFault(request, { ...key, sk: 'other' }, signedAt)).toContain('does not match');
  });
});

describe('the table of batch-reset', () => {
  const example = {
    nodeNames: ['os-node-created-lv29s'],
    rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 25 },
    nodeConfig: { imageId: '3f2ee6e8-b19b-4683-8c9d-c10b197d51d6', imageType: 'private' },
  };

  it("accepts the page's example", () => {
    expect(batchResetFaults(example)).toEqual([]);
  });

  it.each([
    ['nodeNames', { ...example, nodeNames: 'os-node-created-lv29s' }],
    ['nodeNames', { ...example, nodeNames: [] }],
    ['nodeNames', { ...example, nodeNames: ['a', 'a'] }],
    ['nodeNames[1]', { ...example, nodeNames: ['a', 2] }],
    ['rollingConfig', { nodeNames: ['a'], nodeConfig: {} }],
    ['rollingConfig.strategy', { ...example, rollingConfig: { strategy: 'Rolling', maxUnavailable: 1 } }],
    [
      'rollingConfig.maxUnavailable',
      { ...example, rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: '1' } },
    ],
    [
      'rollingConfig.maxUnavailable',
      { ...example, rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 101 } },
    ],
    ['nodeConfig', { ...example, nodeConfig: undefined }],
    ['drain', { ...example, drain: true }],
  ])('names %s', (field, body) => {
    expect(batchResetFaults(body).join()).toMatch(new RegExp(`^${RegExp.escape(field)}: `));
  });
});

describe('the tables of the other changes', () => {
  const migration = {
    migrateNodeNames: ['os-node-created-zrxm7'],
    fromClusterName: 'lite-cluster-1dc682c4-e04d-11ee-bda6-0255ac1001ba',
    toClusterName: 'lite-cluster-d3a65087-38e4-11ef-a12c-0255ac100b03',
    toPoolName: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
    resourceSpec: { flavor: 'modelarts.vm.2u4g' },
  };
  const resources = {
    nodePool: 'modelarts.vm.2u4g.dcc-Default',
    flavor: 'modelarts.vm.2u4g.dcc',
    count: 1,
    maxCount: 1,
    network: {
      vpc: '277e9abc-0e6b-431a-9232-cfd25d5fc566',
      subnet: '03796378-c356-4c14-826b-e4913aa9c8b9',
      securityGroups: ['0a15b48d-06f1-41e4-b782-ade90087bf59'],
    },
  };
  const update = { nodeNames: ['os-node-created-xzz78'], action: 'openHaRedundant' };
  const tagged = (tagKey: string, value: unknown) => ({
    ...update,
    action: 'createTags',
    tags: [{ key: tagKey, value }],
  });
  const patch = (more: object) => ({ spec: { resources: { ...resources, ...more } } });

  const disk = { volumeType: 'SSD', size: '100', extendParams: { volumeGroup: 'vgpaas' } };
  const disks = { dataVolumes: [disk], volumeGroupConfigs: [{ volumeGroup: 'vgpaas' }] };
  const tag = { key: 'a', value: 'b' };
  const migrationOf = (spec: object) =>
    batchMigrateFaults({ ...migration, resourceSpec: { flavor: 'f', ...spec } }, 'another');

  it("accept the pages' examples", () => {
    expect(batchUpdateFaults(update)).toEqual([]);
    expect(batchUpdateFaults(tagged('Kostenstelle ä', 'a_.:=+-@9'))).toEqual([]);
    expect(batchMigrateFaults(migration, 'another')).toEqual([]);
    expect(migrationOf({ ...disks, creatingStep: { step: 16, type: 'hyperinstance' } })).toEqual([]);
    expect(migrationOf({ volumeGroupConfigs: [{ volumeGroup: 'vguser1', types: ['local'] }] })).toEqual([]);
    expect(nodePoolPatchFaults({ spec: { resources } })).toEqual([]);
    expect(nodePoolPatchFaults(patch({ labels: { old: null } }))).toEqual([]);
  });

  it.each([
    ['action', batchUpdateFaults({ ...update, action: 'upgradeDriver' })],
    ['nodeNames', batchUpdateFaults({ ...update, nodeNames: [] })],
    ['tags', batchUpdateFaults({ ...update, action: 'deleteTags' })],
    ['tags[0].key', batchUpdateFaults(tagged('sysA', '1'))],
    ['tags[0].key', batchUpdateFaults(tagged('', '1'))],
    ['tags[0].value', batchUpdateFaults(tagged('a', 'b '))],
    ['tags[0].value', batchUpdateFaults(tagged('a', undefined))],
    ['haRedundantEnable', batchUpdateFaults({ ...update, haRedundantEnable: false })],
    ['migrateNodeNames', batchMigrateFaults({ ...migration, migrateNodeNames: undefined }, 'another')],
    ['resourceSpec', batchMigrateFaults({ ...migration, resourceSpec: undefined }, 'another')],
    ['resourceSpec.flavor', batchMigrateFaults({ ...migration, resourceSpec: {} }, 'another')],
    [
      'resourceSpec.rootVolume.size',
      batchMigrateFaults(
        { ...migration, resourceSpec: { flavor: 'f', rootVolume: { volumeType: 'SSD', size: 50 } } },
        'another',
      ),
    ],
    ['toClusterName', batchMigrateFaults({ ...migration, toClusterName: '' }, 'another')],
    ['resourceSpec.creatingStep.step', migrationOf({ creatingStep: {} })],
    ['resourceSpec.creatingStep.step', migrationOf({ creatingStep: { step: 0, type: 'hyperinstance' } })],
    ['resourceSpec.rootVolume.size', migrationOf({ rootVolume: { volumeType: 'SSD', size: '0' } })],
    ['resourceSpec.dataVolumes[0].count', migrationOf({ ...disks, dataVolumes: [{ ...disk, count: -3 }] })],
    ['resourceSpec.volumeGroupConfigs', migrationOf({ dataVolumes: [disk] })],
    [
      'resourceSpec.volumeGroupConfigs[0].volumeGroup',
      migrationOf({ volumeGroupConfigs: disks.volumeGroupConfigs }),
    ],
    [
      'resourceSpec.volumeGroupConfigs[0].lvmConfig.path',
      migrationOf({
        ...disks,
        volumeGroupConfigs: [{ volumeGroup: 'vgpaas', lvmConfig: { lvType: 'linear', path: '/data' } }],
      }),
    ],
    ['resourceSpec.labels.a b', migrationOf({ labels: { 'a b': 'c' } })],
    ['resourceSpec.taints[0].effect', migrationOf({ taints: [{ key: 'k', effect: 'Evict' }] })],
    ['resourceSpec.tags', migrationOf({ tags: [tag, tag] })],
    ['resourceSpec.extendParams.dockerBaseSize', migrationOf({ extendParams: { dockerBaseSize: '49' } })],
    ['tags', batchUpdateFaults({ ...update, action: 'createTags', tags: [tag, { ...tag, value: 'c' }] })],
    [
      'spec.resources.extendParams.dockerBaseSize',
      nodePoolPatchFaults(patch({ extendParams: { dockerBaseSize: 'abc' } })),
    ],
    ['spec.resources.labels.k', nodePoolPatchFaults(patch({ labels: { k: 'a b' } }))],
    ['spec.resources.tags', nodePoolPatchFaults(patch({ tags: [tag, tag] }))],
    ['spec.resources.maxCount', nodePoolPatchFaults(patch({ maxCount: undefined }))],
    ['spec.resources.flavor', nodePoolPatchFaults(patch({ flavor: null }))],
    ['spec.resources.tags[0].key', nodePoolPatchFaults(patch({ tags: [{ key: 'CCE-a', value: 'b' }] }))],
    ['spec.resources.rootVolume', nodePoolPatchFaults(patch({ rootVolume: {} }))],
    ['metadata', nodePoolPatchFaults({ ...patch({}), metadata: {} })],
  ])('name %s', (field, faults) => {
    expect(faults.join()).toMatch(new RegExp(`^${RegExp.escape(field)}: `));
  });

  it('merges a patch as RFC 7396 does', () => {
    const merged = mergePatch({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: null }, d: [3], e: {} });
    expect(merged).toEqual({ a: { c: 2 }, d: [3], e: {} });
  });
});

it('knows that times in the list of jobs are milliseconds', () => {
  expect(listJobsFaults(new URLSearchParams('resource=pools&name=p&since=1767860000000&limit=500'))).toEqual(
    [],
  );
  expect(listJobsFaults(new URLSearchParams('resource=pools&name=p&since=1767860000'))).toHaveLength(1);
  expect(listJobsFaults(new URLSearchParams('resource=pools&name=p&limit=501'))).toHaveLength(1);
  expect(listJobsFaults(new URLSearchParams('name=p'))).toHaveLength(1);
});

describe('the pages of planned maintenance', () => {
  const headers = { 'content-type': 'application/json' };
  const asking = (query: string, version = 'v1') =>
    requestFaults({
      method: 'GET',
      path: `/${version}/${project}/scheduled-events`,
      query: new URLSearchParams(query),
      headers,
      text: '',
      body: undefined,
    });
  const accepting = (body: unknown, more: { query?: string; headers?: object } = {}) =>
    requestFaults({
      method: 'POST',
      path: `/v1/${project}/scheduled-events/ev-1/accept`,
      query: new URLSearchParams(more.query),
      headers: { ...headers, ...more.headers },
      text: JSON.stringify(body),
      body,
    });

  it('allow what the models of the SDK have', () => {
    expect(asking('poolName=pool-1&limit=100&offset=0')).toEqual([]);
    expect(asking('state=inquiring&type=node_redeploy&publishStartTime=2026-11-20T10:00:00Z')).toEqual([]);
    expect(accepting({})).toEqual([]);
    expect(accepting({ notBefore: '2026-11-20T10:00:00Z', redeployConfig: { type: 'SOFT' } })).toEqual([]);
  });

  it.each([
    ['no page', asking('', 'v2')],
    ['query limit', asking('limit=101')],
    ['query limit', asking('limit=0')],
    ['query state', asking('state=paused')],
    ['query pool', asking('pool=a')],
    ['notBefore', accepting({ notBefore: '2026-11-20T10:00:00.000Z' })],
    ['redeployConfig.type', accepting({ redeployConfig: { type: 'soft' } })],
    ['eventId', accepting({ eventId: 'ev-1' })],
    ['query poolName', accepting({}, { query: 'poolName=a' })],
    ['Content-Type', accepting({}, { headers: { 'content-type': 'application/merge-patch+json' } })],
  ])('name %s', (field, faults) => {
    expect(faults.join()).toContain(field);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check } from '#cli/doctor/check';
import { blocking, checkApi } from '#cli/doctor/check-api';
import type { Clock } from '#lib/clock';
import { parseRules } from '#lib/rules/parse/parse';
import { gatewayError, modelArtsError } from '#test/strict-modelarts/answer';
import type { Operation, StrictPool } from '#test/strict-modelarts/pool';
import { type StrictModelArts, startStrictModelArts } from '#test/strict-modelarts/server';

// Each part of a set-up broken in turn, against the API of the vendor's pages.

const key = { ak: 'AKDOCTORTEST000000001', sk: 'sk-doctor-test-4f7a1d93c0b2e865' };
const projectId = '77b6a44cba5143ab91d13ab9a8ff44fd';
const FIRST = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const SECOND = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

let api: StrictModelArts;
let pools: StrictPool[];
/** The parts that a test breaks. */
let given: { environment: Record<string, string>; clock: Clock; first: string };

beforeEach(async () => {
  api = await startStrictModelArts({ ...key, projectId });
  pools = [FIRST, SECOND].map((id) => api.addPool(id, { nodes: 3, phase: 'Available' }));
  given = {
    environment: {
      MODELARTS_ENDPOINT: api.url,
      HUAWEICLOUD_SDK_AK: key.ak,
      HUAWEICLOUD_SDK_SK: key.sk,
      HUAWEICLOUD_SDK_PROJECT_ID: projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
    },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    first: FIRST,
  };
});
afterEach(() => api[Symbol.asyncDispose]());

const variable = (name: string, value: string) => () => {
  given.environment[name] = value;
};
const everyTime = (operation: Operation, answer: ReturnType<typeof modelArtsError>) => () => {
  for (const pool of pools) pool.misbehave(operation, () => ({ instead: true, ...answer }));
};
const nodes = () => [...pools[0]!.nodes.values()];

async function examine(second: object = {}): Promise<{ checks: Check[]; stops: Check | undefined }> {
  const rules = parseRules(
    JSON.stringify({ pools: { 'train-a': { id: given.first }, quarantine: { id: SECOND, ...second } } }),
    'poolkeeper.yml',
  );
  const checks = await checkApi({ ...given, pools: rules.pools });
  return { checks, stops: blocking(checks, rules.pools) };
}

const signed = () => api.requests.filter(({ method }) => method !== 'HEAD');

test('nothing is broken', async () => {
  const { checks, stops } = await examine();
  expect(checks.filter(({ result }) => result !== 'good')).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    'clock',
    ...['train-a', 'quarantine'].flatMap((pool) => [
      `pool ${pool}`,
      `nodes of ${pool}`,
      `addresses of ${pool}`,
      `workloads of ${pool}`,
    ]),
  ]);
  expect(stops).toBeUndefined();
  expect(signed().every(({ method }) => method === 'GET')).toBe(true);
});

const NO_KEY = /The API refuses the key\. Check HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK/;
const NO_PERMISSION = /docs\/operate\/permissions\.md/;
const LATER = /Ask again in a minute\. If it stays so/;
const forbidden = modelArtsError(403, '0108', 'Not authorised.');

test.each<{
  broken: string;
  by: () => void;
  /** The finding, the form of its advice, and whether a start makes sense. */
  name: string;
  result?: Check['result'];
  advice: RegExp;
  stops?: boolean;
  /** How many signed requests the API got, if that is the point. */
  requests?: number;
}>([
  {
    broken: 'the access key',
    by: variable('HUAWEICLOUD_SDK_AK', 'AKUNKNOWN00000000001'),
    name: 'pool train-a',
    advice: NO_KEY,
    stops: true,
    requests: 1,
  },
  {
    broken: 'the secret key',
    by: variable('HUAWEICLOUD_SDK_SK', 'another-secret-key'),
    name: 'pool train-a',
    advice: NO_KEY,
    stops: true,
    requests: 1,
  },
  {
    broken: 'a security token without need',
    by: variable('HUAWEICLOUD_SDK_SECURITY_TOKEN', 'a-token-of-yesterday'),
    name: 'pool train-a',
    advice: NO_KEY,
    stops: true,
    requests: 1,
  },
  {
    broken: 'the key, with the status of a missing permission',
    by: everyTime('show-pool', modelArtsError(403, '0206', 'AK/SK is invalid.')),
    name: 'pool train-a',
    advice: NO_KEY,
    stops: true,
    requests: 1,
  },
  {
    broken: 'a variable',
    by: variable('HUAWEICLOUD_SDK_SK', ''),
    name: 'ModelArts',
    advice: /Set the variables/,
    stops: true,
    requests: 0,
  },
  {
    broken: 'the clock, by twenty minutes',
    by: () => {
      given.clock = { ...given.clock, now: () => Date.now() + 20 * 60_000 };
    },
    name: 'clock',
    advice: /Set the clock/,
    stops: true,
    requests: 0,
  },
  {
    broken: 'the clock, by two minutes',
    by: () => {
      given.clock = { ...given.clock, now: () => Date.now() - 2 * 60_000 };
    },
    name: 'clock',
    result: 'warning',
    advice: /Set the clock/,
  },
  {
    broken: 'the endpoint',
    by: variable('MODELARTS_ENDPOINT', 'http://127.0.0.1:1'),
    name: 'pool train-a',
    advice: /Check MODELARTS_ENDPOINT, and the network/,
  },
  {
    broken: 'the id of a pool',
    by: () => {
      given.first = 'pool-0000-6f5da086876d4cd084d36f8bd3346036';
    },
    name: 'pool train-a',
    advice: /Check the id pool-0000-\w+ in the rules file/,
  },
  {
    broken: 'the project',
    by: variable('HUAWEICLOUD_SDK_PROJECT_ID', '00000000000000000000000000000000'),
    name: 'pool quarantine',
    advice: /HUAWEICLOUD_SDK_PROJECT_ID/,
    stops: true,
  },
  {
    broken: 'the project of the key',
    by: everyTime('show-pool', gatewayError(403, '0310', 'The project is unavailable.')),
    name: 'pool train-a',
    advice: /The project is not that of the key/,
    stops: true,
  },
  {
    broken: 'the permission to read pools',
    by: everyTime('show-pool', forbidden),
    name: 'pool quarantine',
    advice: NO_PERMISSION,
    stops: true,
  },
  {
    broken: 'the permission to list nodes',
    by: everyTime('list-nodes', forbidden),
    name: 'nodes of train-a',
    advice: NO_PERMISSION,
    stops: true,
  },
  {
    broken: 'the permission to list the nodes of one pool',
    by: () => pools[0]!.misbehave('list-nodes', () => ({ instead: true, ...forbidden })),
    name: 'nodes of train-a',
    advice: NO_PERMISSION,
  },
  {
    broken: 'the permission to list workloads',
    by: everyTime('list-workloads', forbidden),
    name: 'workloads of quarantine',
    advice: NO_PERMISSION,
  },
  {
    broken: 'the API itself',
    by: everyTime('list-nodes', modelArtsError(500, '0001', 'System error.')),
    name: 'nodes of train-a',
    advice: LATER,
  },
  {
    broken: 'the allowance of requests',
    by: everyTime('show-pool', gatewayError(429, '0308', 'The throttling threshold has been reached.')),
    name: 'pool train-a',
    advice: /Another program uses the API with the same key/,
  },
  {
    broken: 'the connection, during the list of nodes',
    by: () => pools[0]!.misbehave('list-nodes', () => ({ lost: 'before-work' })),
    name: 'nodes of train-a',
    advice: /network and proxy/,
  },
  {
    broken: 'the list of nodes: an error with the status of a success',
    by: everyTime('list-nodes', modelArtsError(200, '0001', 'System error.')),
    name: 'nodes of train-a',
    advice: LATER,
  },
  {
    broken: 'an address: two nodes have it',
    by: () => {
      nodes()[1]!.privateIp = nodes()[0]!.privateIp;
    },
    name: 'addresses of train-a',
    advice: /Have its senders name the node instead/,
  },
  {
    broken: 'an address: a node has none',
    by: () => {
      nodes()[0]!.privateIp = '';
    },
    name: 'addresses of train-a',
    result: 'warning',
    advice: /must name such a node by its name/,
  },
])('broken: $broken', async ({ by, name, result = 'bad', advice, stops = false, requests }) => {
  by();
  const { checks, stops: why } = await examine();
  const found = checks.find((check) => check.name === name);
  expect(found).toMatchObject({ result, advice: expect.stringMatching(advice) });
  expect(why !== undefined).toBe(stops);
  if (requests !== undefined) expect(signed()).toHaveLength(requests);
  expect(JSON.stringify(checks)).not.toContain(key.sk);
  expect(JSON.stringify(checks)).not.toContain('another-secret-key');
});

const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

describe('pools of two accounts', () => {
  const ofResearch = { account: 'research', project: projectId };

  test('are checked with the key of each', async () => {
    variable('HUAWEICLOUD_SDK_AK_RESEARCH', key.ak)();
    variable('HUAWEICLOUD_SDK_SK_RESEARCH', key.sk)();
    const { checks } = await examine(ofResearch);
    expect(checks.filter(({ result }) => result !== 'good')).toEqual([]);
  });

  test('a key that is not set is named, and the other pool is checked', async () => {
    const { checks, stops } = await examine(ofResearch);
    expect(named(checks, 'pool quarantine')).toMatchObject({
      result: 'bad',
      advice:
        'Set HUAWEICLOUD_SDK_AK_RESEARCH and HUAWEICLOUD_SDK_SK_RESEARCH: the pool is of the account research.',
    });
    expect(named(checks, 'pool train-a')).toMatchObject({ result: 'good' });
    expect(stops).toBeUndefined();
  });

  test('a refused key of one says nothing about the other', async () => {
    given.environment['HUAWEICLOUD_SDK_SK'] = 'another-secret-key';
    variable('HUAWEICLOUD_SDK_AK_RESEARCH', key.ak)();
    variable('HUAWEICLOUD_SDK_SK_RESEARCH', key.sk)();
    const { checks, stops } = await examine(ofResearch);
    expect(named(checks, 'pool train-a')).toMatchObject({
      result: 'bad',
      advice: expect.stringMatching(NO_KEY),
    });
    expect(named(checks, 'pool quarantine')).toMatchObject({ result: 'good' });
    expect(stops).toBeUndefined();
  });
});

test('a refused key is not tried again in another project', async () => {
  given.environment['HUAWEICLOUD_SDK_SK'] = 'another-secret-key';
  const { checks } = await examine({ project: 'another-project' });
  expect(checks.at(-1)).toEqual({
    name: 'pool quarantine',
    result: 'unknown',
    text: 'not checked, because the API refuses the key',
  });
  expect(signed()).toHaveLength(1);
});

test('an error that does not come again is none', async () => {
  const once = modelArtsError(500, '0001', 'System error.');
  pools[0]!.misbehave('list-nodes', (_request, attempt) =>
    attempt === 1 ? { instead: true, ...once } : undefined,
  );
  expect((await examine()).checks.filter(({ result }) => result !== 'good')).toEqual([]);
});

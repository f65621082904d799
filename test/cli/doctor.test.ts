import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAddresses } from '#cli/doctor/api';
import { judgeClock } from '#cli/doctor/machine';
import { exitCodes } from '#cli/exit-codes';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { runCli } from './surroundings.ts';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const STRONG = 'a-token-with-more-than-thirty-two-characters';

let folder: string;
let simulator: Simulator;
let recipient: Server;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-doctor-'));
  simulator = await startSimulator({ nodes: 4, pools: [{ name: 'train-a', id: POOL }] });
  recipient = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => recipient.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await simulator.close();
  recipient.close();
  await rm(folder, { recursive: true });
});

const port = () => (recipient.address() as { port: number }).port;

async function examine(more: Record<string, string> = {}, rules: Record<string, string> = {}) {
  const { id = POOL, url = `http://127.0.0.1:${port()}/hook` } = rules;
  const text =
    rules['text'] ??
    `pools:
  train-a: { id: ${id} }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: NT_NPU_CARD_LOSE } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [reset-nodes: {}]
notify:
  - { kind: webhook, url: "${url}", when: [failed, needs-human] }
`;
  await writeFile(path.join(folder, 'poolkeeper.yml'), text);
  const environment = {
    MODELARTS_ENDPOINT: simulator.url,
    HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
    HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
    HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
    HUAWEICLOUD_SDK_REGION: 'cn-north-4',
    POOLKEEPER_WEBHOOK_TOKEN: STRONG,
    POOLKEEPER_CONSOLE_TOKEN: `ada:admin:${STRONG}`,
    ...more,
  };
  const home = { data: folder };
  const { output, code } = await runCli(['doctor', '--json'], { environment, directory: folder, home });
  const { good, checks } = JSON.parse(output) as {
    good: boolean;
    checks: { name: string; result: string; text: string; advice?: string }[];
  };
  return { good, code, bad: checks.filter(({ result }) => result === 'bad'), checks };
}

describe('doctor', () => {
  test('finds nothing wrong with a good set-up, and changes nothing', async () => {
    const { good, code, bad, checks } = await examine();
    expect(bad).toEqual([]);
    expect({ good, code }).toEqual({ good: true, code: 0 });
    expect(checks.map(({ name }) => name)).toEqual([
      'rules',
      'clock',
      'pool train-a',
      'nodes of train-a',
      'addresses of train-a',
      'workloads of train-a',
      'POOLKEEPER_WEBHOOK_TOKEN',
      'POOLKEEPER_CONSOLE_TOKEN',
      'notify[0]',
      'ledger',
    ]);
    expect(simulator.control.state().jobs).toEqual([]);
    expect(existsSync(path.join(folder, '.poolkeeper'))).toBe(false);
  });

  test.each([
    [
      'a wrong secret key',
      { HUAWEICLOUD_SDK_SK: 'wrong' },
      {},
      'pool train-a',
      /refuses the key.*HUAWEICLOUD_SDK_SK/,
    ],
    ['a missing key', { HUAWEICLOUD_SDK_AK: '' }, {}, 'ModelArts', /Set the variables/],
    [
      'an unknown pool',
      {},
      { id: 'pool-0000-6f5da086876d4cd084d36f8bd3346036' },
      'pool train-a',
      /Check the id/,
    ],
    [
      'an endpoint that is away',
      { MODELARTS_ENDPOINT: 'http://127.0.0.1:1' },
      {},
      'clock',
      /MODELARTS_ENDPOINT/,
    ],
    ['a weak token', { POOLKEEPER_CONSOLE_TOKEN: 'short' }, {}, 'POOLKEEPER_CONSOLE_TOKEN', /32 characters/],
    [
      'a recipient that is away',
      {},
      { url: 'http://127.0.0.1:1/hook' },
      'notify[0]',
      /network of this machine/,
    ],
    ['wrong rules', {}, { text: 'pools: {}\n' }, 'rules', /Correct the rules file/],
  ])('names %s, and what to do', async (_, environment, rules, name, advice) => {
    const { good, code, bad } = await examine(environment, rules);
    expect(bad.find((check) => check.name === name)?.advice).toMatch(advice);
    expect({ good, code }).toEqual({ good: false, code: exitCodes.finding.code });
    expect(JSON.stringify(bad)).not.toContain(STRONG);
  });

  test('shows one line for each check, in 80 columns', async () => {
    const environment = { POOLKEEPER_WEBHOOK_TOKEN: 'short' };
    const { output } = await runCli(['doctor'], {
      environment,
      directory: folder,
      home: { data: folder },
      columns: 80,
    });
    expect(output).toMatch(
      /^✗ POOLKEEPER_WEBHOOK_TOKEN: 1 of its entries cannot be used\n {4}An entry is a token/m,
    );
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

test.each([
  [0, 'good'],
  [-59_000, 'good'],
  [61_000, 'warning'],
  [-16 * 60_000, 'bad'],
])('a clock that is %d ms ahead is %s', (skewMs, result) => {
  expect(judgeClock(skewMs).result).toBe(result);
});

const node = (name: string, privateIp: string) => ({ name, privateIp });

test('addresses that several nodes share are bad, and missing ones are a warning', () => {
  expect(checkAddresses('a', [node('n1', '10.0.0.1'), node('n2', '10.0.0.1')])).toMatchObject({
    result: 'bad',
    text: 'several nodes share 10.0.0.1 (n1 and n2)',
  });
  expect(checkAddresses('a', [node('n1', '10.0.0.1'), { ...node('n2', ''), privateIp: '' }])).toMatchObject({
    result: 'warning',
  });
  expect(checkAddresses('a', [node('n1', '10.0.0.1')])).toMatchObject({ result: 'good' });
});

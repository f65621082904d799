import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings, withKeptTokens } from '#local/start/settings';

const keys = {
  HUAWEICLOUD_SDK_AK: 'access-key-1',
  HUAWEICLOUD_SDK_SK: 'secret-key-1',
  HUAWEICLOUD_SDK_PROJECT_ID: '0123456789abcdef',
};

describe('without an endpoint', () => {
  it('is the simulator with its own keys, on port 3000, with tokens made up for the run', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ port: 3000, config: 'poolkeeper.yml' });
    expect(settings.modelarts).toEqual({ kind: 'simulator', region: 'cn-north-4', keys: {} });
    const { webhookToken, consoleToken } = settings;
    expect(webhookToken).toEqual({ accepted: webhookToken.value, value: webhookToken.value });
    expect(webhookToken.value).toMatch(/^[\w-]{32}$/);
    expect(consoleToken.value).not.toBe(webhookToken.value);
    expect(readSettings({}).webhookToken.value).not.toBe(webhookToken.value);
  });

  it('keys alone reach only the simulator', () => {
    expect(readSettings({ ...keys, HUAWEICLOUD_SDK_REGION: 'cn-east-3' }).modelarts).toEqual({
      kind: 'simulator',
      region: 'cn-east-3',
      keys: { accessKey: 'access-key-1', secretKey: 'secret-key-1', projectId: '0123456789abcdef' },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings({ MODELARTS_ENDPOINT: '', PORT: '', HUAWEICLOUD_SDK_AK: '' })).toMatchObject({
      port: 3000,
      modelarts: { kind: 'simulator', keys: {} },
    });
  });
});

describe('with an endpoint', () => {
  it('hands keys and place to the functions', () => {
    const endpoint = 'https://modelarts.cn-southwest-2.myhuaweicloud.com';
    expect(readSettings({ ...keys, MODELARTS_ENDPOINT: endpoint }).modelarts).toEqual({
      kind: 'api',
      endpoint,
      variables: { ...keys, MODELARTS_ENDPOINT: endpoint, HUAWEICLOUD_SDK_REGION: 'cn-southwest-2' },
    });
  });

  it('names everything that is missing, and shows no value', () => {
    const environment = {
      MODELARTS_ENDPOINT: 'modelarts',
      HUAWEICLOUD_SDK_SK: 'secret-key-1',
      POOLKEEPER_CONSOLE_TOKEN: 'short',
    };
    expect(() => readSettings(environment)).toThrow(
      /^The environment is not complete: (?!.*(secret-key-1|short)).*POOLKEEPER_CONSOLE_TOKEN must be tokens.*HUAWEICLOUD_SDK_PROJECT_ID is not set.*MODELARTS_ENDPOINT must be a URL.*HUAWEICLOUD_SDK_AK is not set\. MODELARTS_ENDPOINT is set, so .*Without MODELARTS_ENDPOINT it runs with a simulator\.$/,
    );
  });
});

it('of several tokens the first is its own, and all are accepted', () => {
  const [one, two] = ['token-one-'.padEnd(32, '1'), 'token-two-'.padEnd(32, '2')];
  expect(readSettings({ POOLKEEPER_WEBHOOK_TOKEN: `${one}, ${two}` }).webhookToken).toEqual({
    accepted: `${one}, ${two}`,
    value: one,
    variable: 'POOLKEEPER_WEBHOOK_TOKEN',
  });
  // A client presents the token without the name of its holder.
  expect(readSettings({ POOLKEEPER_CONSOLE_TOKEN: `ada:${one},${two}` }).consoleToken.value).toBe(one);
});

it.each(['-1', '65536', '3000.5', 'http'])('refuses PORT=%s', (PORT) => {
  expect(() => readSettings({ PORT })).toThrow('PORT (--port) must be a port, 0 to 65535');
});

it('listens on this machine alone, unless HOST says otherwise', () => {
  expect(readSettings({}).host).toBe('127.0.0.1');
  for (const HOST of ['0.0.0.0', '::', '::1', '10.0.0.5', 'localhost'])
    expect(readSettings({ HOST }).host).toBe(HOST);
  // Some shells and package managers set a variable of this name.
  expect(() => readSettings({ HOST: 'x86_64-conda-linux-gnu' })).toThrow(
    'HOST (--host) must be an IP address of this machine',
  );
});

it('reads the place and the bounds of the log', () => {
  expect(readSettings({}).log).toEqual({ maxBytes: 32 * 1024 ** 2, files: 5 });
  const own = { POOLKEEPER_LOG: '-', POOLKEEPER_LOG_SIZE: '500kb', POOLKEEPER_LOG_FILES: '0' };
  expect(readSettings(own).log).toEqual({ target: '-', maxBytes: 500 * 1024, files: 0 });
});

it.each(['1', '10TB', '0MB', '1KB', 'many'])('refuses POOLKEEPER_LOG_SIZE=%s', (POOLKEEPER_LOG_SIZE) => {
  expect(() => readSettings({ POOLKEEPER_LOG_SIZE })).toThrow(
    'POOLKEEPER_LOG_SIZE (--log-size) must be a size of 64 KB or more',
  );
});

it('keeps the tokens that the environment does not give', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-settings-'));
  const given = { POOLKEEPER_CONSOLE_TOKEN: 'a-token-of-the-environment-that-is-long' };
  const first = await withKeptTokens(readSettings(given), folder, () => {});
  const second = await withKeptTokens(readSettings(given), folder, () => {});
  expect(second).toEqual(first);
  expect(second.webhookToken.file).toBe(path.join(folder, 'webhook'));
  expect(second.consoleToken).toMatchObject({ variable: 'POOLKEEPER_CONSOLE_TOKEN' });
  expect(await readdir(folder)).toEqual(['webhook']);
  await rm(folder, { recursive: true });
});

it('hands the secrets that a rules file may name to the functions, and nothing else of the environment', () => {
  const environment = {
    POOLKEEPER_SECRET_CHAT: 'a',
    POOLKEEPER_SECRET_EMPTY: '',
    POOLKEEPER_SECRETS: 'b',
    OTHER: 'c',
  };
  expect(readSettings(environment).secrets).toEqual({ POOLKEEPER_SECRET_CHAT: 'a' });
});

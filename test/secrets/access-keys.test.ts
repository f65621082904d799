import { expect, test } from 'vitest';
import { ConfigError, isOfAccessKey } from '#lib/config';
import { EARLY_MS } from '#lib/renewable';
import {
  accountsOf,
  credentialsIn,
  keyVariables,
  neededVariables,
  readAccessKeys,
} from '#lib/secrets/access-keys';
import { fakeClock } from '#test/modelarts/fake-clock';
import { client } from '../aws/credentials.ts';

const aws = { ...client, endpoint: 'http://127.0.0.1:9' };

function options(env: Record<string, string>) {
  return {
    source: { env, aws },
    clock: fakeClock(),
    onFailure: (error: unknown) => expect.fail(String(error)),
  };
}

const own = { HUAWEICLOUD_SDK_AK: 'ak-of-this-test', HUAWEICLOUD_SDK_SK: 'sk-of-this-test' };

test('the variables of an account end with its name', () => {
  expect(keyVariables('training-2')).toEqual([
    'HUAWEICLOUD_SDK_AK_TRAINING_2',
    'HUAWEICLOUD_SDK_SK_TRAINING_2',
    'HUAWEICLOUD_SDK_SECURITY_TOKEN_TRAINING_2',
  ]);
  expect(neededVariables(undefined)).toBe('HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK');
  for (const name of [...keyVariables(undefined), ...keyVariables('a')])
    expect(isOfAccessKey(name)).toBe(true);
  for (const name of ['HUAWEICLOUD_SDK_PROJECT_ID', 'HUAWEICLOUD_SDK_REGION', 'HUAWEICLOUD_SDK_AKX'])
    expect(isOfAccessKey(name)).toBe(false);
});

test('the accounts of the rules are those that pools name, each once', () => {
  expect(accountsOf({ pools: [{}, { account: 'b' }, { account: 'a' }, { account: 'b' }] })).toEqual([
    'a',
    'b',
  ]);
});

test('each account has its own key, and a temporary one its token', async () => {
  const keyOf = await readAccessKeys(
    ['research'],
    options({
      ...own,
      HUAWEICLOUD_SDK_AK_RESEARCH: 'ak-of-research',
      HUAWEICLOUD_SDK_SK_RESEARCH: 'sk-of-research',
      HUAWEICLOUD_SDK_SECURITY_TOKEN_RESEARCH: 'token-of-research',
    }),
  );
  expect(await keyOf(undefined).current()).toEqual({
    accessKey: 'ak-of-this-test',
    secretKey: 'sk-of-this-test',
  });
  expect(await keyOf('research').current()).toEqual({
    accessKey: 'ak-of-research',
    secretKey: 'sk-of-research',
    securityToken: 'token-of-research',
  });
  expect(() => keyOf('finance')).toThrow('no pool names the account finance');
});

test('the key of another account may be missing, or half of it; that of pools without an account may not', async () => {
  const half = { HUAWEICLOUD_SDK_AK_RESEARCH: 'ak-of-research' };
  const keyOf = await readAccessKeys(['research'], options({ ...own, ...half }));
  expect(await keyOf('research').current()).toBeUndefined();
  expect(keyOf('research').variables).toBe('HUAWEICLOUD_SDK_AK_RESEARCH and HUAWEICLOUD_SDK_SK_RESEARCH');
  await expect(readAccessKeys(['research'], options(half))).rejects.toThrow(ConfigError);
});

test('a key is read again where it was changed', async () => {
  const env: Record<string, string> = { ...own };
  let now = 0;
  const clock = { now: () => now, sleep: () => new Promise<void>(() => {}) };
  const keyOf = await readAccessKeys([], { ...options(env), clock });
  env['HUAWEICLOUD_SDK_AK'] = 'the-next-access-key';
  now += EARLY_MS;
  expect(await keyOf(undefined).renew()).toBe(true);
  expect(await keyOf(undefined).current()).toMatchObject({ accessKey: 'the-next-access-key' });
});

test('an empty variable is no key', () => {
  expect(credentialsIn({ HUAWEICLOUD_SDK_AK: '', HUAWEICLOUD_SDK_SK: 'sk' })).toBeUndefined();
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leftBehind } from '#local/build/left-behind';
import { deploymentSections } from '#local/stack/cloudformation/service';
import { deploymentVariables } from '#local/stack/stage-settings';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (text: string, name = 'settings.prod.yml') => writeFile(path.join(folder, name), text);

const everySetting = `
rules: rules/prod.yml
awsRegion: ap-southeast-1
project: "0123456789abcdef0123456789abcdef"
region: cn-north-4
endpoint: https://modelarts.example.com
publicUrl: https://poolkeeper.example.com
alarmEmail: oncall@example.com
alarmPrefix: gpu-
identityProvider: { issuer: https://login.example.com/t, audience: [a, b], nameClaim: upn, roleClaim: role }
network: { subnets: [subnet-0a1b2c3d, subnet-1b2c3d4e], securityGroups: [sg-0a1b2c3d] }
`;

test('the settings of a stage are the variables of its deployment', async () => {
  await write(everySetting);
  expect(deploymentVariables('prod', folder, {})).toEqual({
    POOLKEEPER_CONFIG: 'rules/prod.yml',
    AWS_REGION: 'ap-southeast-1',
    HUAWEICLOUD_SDK_PROJECT_ID: '0123456789abcdef0123456789abcdef',
    HUAWEICLOUD_SDK_REGION: 'cn-north-4',
    MODELARTS_ENDPOINT: 'https://modelarts.example.com',
    POOLKEEPER_PUBLIC_URL: 'https://poolkeeper.example.com',
    POOLKEEPER_ALARM_EMAIL: 'oncall@example.com',
    POOLKEEPER_ALARM_PREFIX: 'gpu-',
    POOLKEEPER_JWT_ISSUER: 'https://login.example.com/t',
    POOLKEEPER_JWT_AUDIENCE: 'a,b',
    POOLKEEPER_JWT_NAME_CLAIM: 'upn',
    POOLKEEPER_JWT_ROLE_CLAIM: 'role',
    POOLKEEPER_NETWORK: 'own',
    POOLKEEPER_SUBNETS: 'subnet-0a1b2c3d,subnet-1b2c3d4e',
    POOLKEEPER_SECURITY_GROUPS: 'sg-0a1b2c3d',
  });
});

test('they reach the functions in spite of the environment; the rest comes from there', async () => {
  await write('region: cn-north-4\n');
  const variables = deploymentVariables('prod', folder, {
    HUAWEICLOUD_SDK_REGION: 'cn-south-1',
    HUAWEICLOUD_SDK_PROJECT_ID: 'of-the-environment',
  });
  const { 'reset-nodes': section }: Record<string, any> = deploymentSections(variables).functions;
  expect(section.environment).toMatchObject({
    HUAWEICLOUD_SDK_REGION: 'cn-north-4',
    HUAWEICLOUD_SDK_PROJECT_ID: 'of-the-environment',
    MODELARTS_ENDPOINT: null,
  });
});

test('a stage without a file has the variables of the environment, beside a stage with a file', async () => {
  await write(everySetting);
  const environment = { HUAWEICLOUD_SDK_REGION: 'cn-south-1' };
  expect(deploymentVariables('dev', folder, environment)).toEqual(environment);
});

test('POOLKEEPER_SETTINGS names another file, which must be there', async () => {
  await write('alarmPrefix: a-\n', 'other.yml');
  const environment = { POOLKEEPER_SETTINGS: 'other.yml' };
  expect(deploymentVariables('prod', folder, environment)).toMatchObject({ POOLKEEPER_ALARM_PREFIX: 'a-' });
  expect(() => deploymentVariables('prod', folder, { POOLKEEPER_SETTINGS: 'lost.yml' })).toThrow(
    'There is no lost.yml, which POOLKEEPER_SETTINGS names',
  );
});

describe('a mistake names the file and the setting', () => {
  test.each([
    ['projct: x', 'settings.prod.yml: projct is not a known setting: did you mean "project"?'],
    ['accessKey: AK', 'accessKey is not a known setting; the settings are rules, awsRegion, project,'],
    ['region: 4', 'region must be text'],
    [
      'network: { fixedAddress: false }',
      'network must be { fixedAddress: true }, or have subnets and securityGroups',
    ],
    ['network: { subnets: [subnet-0a1b2c3d] }', 'network must be { fixedAddress: true }, or have'],
    ['identityProvider: { issuer: https://a.example }', 'identityProvider.audience is missing'],
    ['- a list', 'settings.prod.yml: '],
    ['rules: [', 'settings.prod.yml: '],
  ])('%s', async (text, message) => {
    await write(text);
    expect(() => deploymentVariables('prod', folder, {})).toThrow(message);
  });

  test('an empty file names nothing', async () => {
    await write('# nothing yet\n');
    expect(deploymentVariables('prod', folder, {})).toEqual({});
  });
});

test('a stage that is removed says what it leaves, with commands for that stage and region', () => {
  const text = leftBehind({ stage: 'prod', region: 'eu-central-1' }).join('\n');
  expect(text).toContain('aws dynamodb delete-table --region eu-central-1 --table-name poolkeeper-prod');
  expect(text).toContain('--path /poolkeeper/prod --query');
});

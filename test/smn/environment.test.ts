import { expect, test } from 'vitest';
import { readVariables, SmnEnvironment } from '#lib/config';

const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

test('without variables no stand-in is trusted', () => {
  expect(readVariables(SmnEnvironment, {})).toBeUndefined();
  expect(
    readVariables(SmnEnvironment, { POOLKEEPER_SMN_TEST_HOST: '', POOLKEEPER_SMN_TEST_CA: '' }),
  ).toBeUndefined();
});

test('a stand-in is a port of this machine, with an authority', () => {
  const host = 'localhost:8443';
  expect(
    readVariables(SmnEnvironment, { POOLKEEPER_SMN_TEST_HOST: host, POOLKEEPER_SMN_TEST_CA: ca }),
  ).toEqual({ host, ca });
  for (const other of [
    'smn.example.com:443',
    '10.0.0.1:8443',
    'localhost',
    'localhost:8443/x',
    'localhost:8443@example.com',
  ])
    expect(() =>
      readVariables(SmnEnvironment, { POOLKEEPER_SMN_TEST_HOST: other, POOLKEEPER_SMN_TEST_CA: ca }),
    ).toThrow('POOLKEEPER_SMN_TEST_HOST must be a port of this machine');
});

test.each([{ POOLKEEPER_SMN_TEST_HOST: 'localhost:8443' }, { POOLKEEPER_SMN_TEST_CA: ca }])(
  'one without the other is a mistake: %j',
  (variables) => {
    expect(() => readVariables(SmnEnvironment, variables)).toThrow(
      /POOLKEEPER_SMN_TEST_CA must be set together|is not set/,
    );
  },
);

import { partition } from '@aws-sdk/core/client';
import { describe, expect, test } from 'vitest';
import { partitionOf, regionCode } from '#lib/alerts/sources/events/aws-region';

/** Every region of AWS whose alarms can reach a stranger, by its code. */
const CODES = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eusc-de-east-1',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'me-west-1',
  'mx-central-1',
  'sa-east-1',
  'sa-west-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
];

describe('the code of a region of AWS', () => {
  test.each(CODES)('%s is found by the name that the SDK of AWS has for it', (code) => {
    const { description, name } = partition(code) as ReturnType<typeof partition> & { description: string };
    expect(regionCode(description)).toBe(code);
    expect(regionCode(description.replace('Europe (', 'EU ('))).toBe(code);
    expect(regionCode(code)).toBe(code);
    expect(partitionOf(code)).toBe(name);
  });

  test.each([
    ['EU - Ireland', 'eu-west-1'],
    ['US East - N. Virginia', 'us-east-1'],
    ['US East (Northern Virginia)', 'us-east-1'],
    ['South America (São Paulo)', 'sa-east-1'],
    ['Asia Pacific (Osaka-Local)', 'ap-northeast-3'],
    ['AWS GovCloud (US)', 'us-gov-west-1'],
    [' us-iso-east-1 ', 'us-iso-east-1'],
  ])('is read in %j', (text, code) => {
    expect(regionCode(text)).toBe(code);
  });

  test.each([
    '',
    'EU',
    'Europe',
    'Canada',
    'Asia Pacific',
    'EU (Atlantis)',
    'constructor',
    'x'.repeat(10_000),
  ])('is not guessed from %j', (text) => {
    expect(regionCode(text)).toBeUndefined();
  });
});

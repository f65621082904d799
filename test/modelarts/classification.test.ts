import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify } from '#lib/modelarts/client/classification';
import { ModelArtsError } from '#lib/modelarts/client/errors';

describe('an answer that is no success', () => {
  test.each([
    // status, code, outcome, transient, throttled, key refused
    [404, 'ModelArts.50015001', 'refused', false, false, false],
    [400, 'ModelArts.50004000', 'refused', false, false, false],
    [400, undefined, 'refused', false, false, false],
    [403, 'ModelArts.0108', 'refused', false, false, false],
    [404, 'APIGW.0101', 'refused', false, false, false],
    [413, undefined, 'refused', false, false, false],
    [400, 'ModelArts.6355', 'refused', true, false, false],
    [400, 'ModelArts.2887', 'refused', true, false, false],
    [400, 'ModelArts.2889', 'refused', true, false, false],
    [400, 'ModelArts.3976', 'refused', true, false, false],
    [409, 'ModelArts.2878', 'refused', true, false, false],
    [409, 'ModelArts.5044', 'refused', true, false, false],
    [429, 'APIGW.0308', 'refused', true, true, false],
    [429, 'APIG.0308', 'refused', true, true, false],
    [429, undefined, 'refused', true, true, false],
    [500, 'ModelArts.5039', 'refused', true, true, false],
    [401, 'APIGW.0301', 'refused', false, false, true],
    [401, undefined, 'refused', false, false, true],
    [403, 'ModelArts.0206', 'refused', false, false, true],
    [403, 'ModelArts.0203', 'refused', false, false, true],
    [400, 'ModelArts.0206', 'refused', false, false, false],
    [408, undefined, 'unknown', true, false, false],
    [499, undefined, 'unknown', true, false, false],
    [500, 'ModelArts.2950', 'unknown', true, false, false],
    [500, 'ModelArts.2878', 'unknown', true, false, false],
    [502, 'APIGW.0202', 'unknown', true, false, false],
    [504, 'APIGW.0203', 'unknown', true, false, false],
    [503, undefined, 'unknown', true, false, false],
    [302, undefined, 'unknown', false, false, false],
  ] as const)('%s %s', (status, code, outcome, transient, throttled, credentialsRefused) => {
    expect(classify(status, code)).toEqual({ outcome, transient, throttled, credentialsRefused });
  });

  test('of any kind: only a 4xx or a throttling is a refusal, and nothing received is "not sent"', () => {
    const code = fc.option(
      fc.oneof(
        fc.string(),
        fc.integer({ min: 0, max: 9999 }).map((n) => `ModelArts.${n}`),
      ),
      {
        nil: undefined,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), code, (status, vendorCode) => {
        const { outcome, throttled } = classify(status, vendorCode);
        expect(outcome).not.toBe('not-sent');
        if (outcome === 'refused') expect(throttled || (status >= 400 && status < 500)).toBe(true);
      }),
    );
  });
});

describe('retrySafe', () => {
  test.each([
    ['refused', false, true],
    ['not-sent', false, true],
    ['unknown', false, false],
    ['unknown', true, true],
  ] as const)('%s, idempotent %s: %s', (outcome, idempotent, retrySafe) => {
    const endpoint = { name: 'e', method: 'POST' as const, idempotent };
    const error = new ModelArtsError({ endpoint, path: '/p', outcome, transient: true });
    expect(error.retrySafe).toBe(retrySafe);
  });
});

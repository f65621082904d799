import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTarget, targetText } from '#lib/alerts/target';
import { runs } from '#test/runs';

const port = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`),
);
const space = fc.constantFrom('', ' ', '\n');

test('every IPv4 address is one, with or without a port', () => {
  fc.assert(
    fc.property(fc.ipV4(), port, space, (address, suffix, around) => {
      expect(parseTarget(`${around}${address}${suffix}${around}`)).toEqual({ kind: 'address', address });
    }),
  );
});

test("every node's name is one, with or without a port", () => {
  const name = fc
    .stringMatching(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?(\.[a-z0-9]{1,9})?$/)
    .filter((text) => text.length > 0);
  fc.assert(
    fc.property(name, port, (text, suffix) => {
      expect(parseTarget(text + suffix)).toEqual({ kind: 'name', name: text });
    }),
  );
});

test.each([
  '',
  ' ',
  ':9100',
  '.',
  '10.0.0.7.',
  'Node-1',
  '-node',
  'node-',
  'node_1',
  'node 1',
  'node-1,node-2',
  'node-1/..',
  '../pools',
  'node-1\nnode-2',
  'node-1:port',
  'node-1:123456',
  'node-1:1:2',
  '[fe80::1]:9100',
  'fe80::1',
  'https://10.0.0.7/metrics',
  '*',
  'ñode',
  'n'.repeat(254),
  'constructor',
  'constructor:9100',
])('is none: %j', (text) => {
  expect(parseTarget(text)).toBeUndefined();
});

test('a target from any text holds no more than letters, digits, dots and hyphens, and is read as itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('a', '0', '.', '-', ':', ' ', '/', '%', '\n'), maxLength: 12 }),
      ),
      (text) => {
        const target = parseTarget(text);
        if (target === undefined) return;
        expect(targetText(target)).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        expect(parseTarget(targetText(target))).toEqual(target);
      },
    ),
    { numRuns: runs(500) },
  );
});

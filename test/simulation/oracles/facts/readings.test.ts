import { expect, test } from 'vitest';
import { runOf } from '../run-of.ts';
import { isUndisturbed, wasDisturbed } from './readings.ts';

test.each([
  ['reset-nodes#1', 'killed-before', true],
  ['reset-nodes#1/7/dies', 'dies-after-pool', true],
  ['reset-nodes#1/7', 'fails-after', true],
  ['reset-nodes#1/4/odd', 'odd-short', false],
  ['reset-nodes#11/7/dies', 'dies-after-pool', false],
])('whether a process was disturbed by %s: %s, is %s', (key, mishap, isDisturbed) => {
  expect(wasDisturbed(runOf({ mishaps: { [key]: mishap } }), 'reset-nodes#1')).toBe(isDisturbed);
});

test('a world in which a process dies after a write was disturbed', () => {
  expect(isUndisturbed(runOf({ mishaps: { 'sweep#1/2/dies': 'dies-after-node' } }))).toBe(false);
  expect(isUndisturbed(runOf({ mishaps: { 'sweep#1/4/odd': 'odd-short' } }))).toBe(true);
});

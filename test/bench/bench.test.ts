import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#test/meta/serverless-declaration';
import { benchColdStart } from './cold-start.bench.ts';
import { benchSignature } from './signature.bench.ts';
import { sizes } from './sizes.ts';

const { coldStartRuns, ...signing } = sizes({ quick: true });

test('the benchmark signs a request both ways', () => {
  const { ours, theirs } = benchSignature(signing);
  expect(ours).toBeGreaterThan(0);
  expect(theirs).toBeGreaterThan(0);
});

test('the benchmark measures every function that it has an event for', async () => {
  const names = (await benchColdStart(coldStartRuns)).map((row) => row.function);
  const deployed = globSync('functions/*.ts', { cwd: root }).map((file) => path.basename(file, '.ts'));
  const started = deployed.filter((name) => !withoutEvent.has(name));
  expect(names.toSorted()).toEqual(['nothing', ...started].toSorted());
});

/** They start with a schedule, or with a notice that has to be told to somebody. */
const withoutEvent = new Set([
  'enforce-tag-policy',
  'notify',
  'receive-scheduled-events',
  'scale-node-pools',
  'sweep',
]);

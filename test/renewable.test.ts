import { expect, test } from 'vitest';
import { createRenewable, EARLY_MS, KEPT_MS } from '#lib/renewable';

/** A value in a store that answers only when the test says so. */
function createBench() {
  let now = 0;
  const failures: unknown[] = [];
  const readings: PromiseWithResolvers<string>[] = [];
  const sleepers: (() => void)[] = [];
  const clock = {
    now: () => now,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const read = () => {
    const reading = Promise.withResolvers<string>();
    readings.push(reading);
    return reading.promise;
  };
  const onFailure = (error: unknown) => failures.push(error);
  return {
    value: createRenewable('old', read, { clock, onFailure }),
    readings,
    failures,
    sleepers,
    pass: (ms: number) => void (now += ms),
  };
}

test('a value is read again when it is old, once for all who ask', async () => {
  const { value, readings, pass } = createBench();
  pass(KEPT_MS - 1);
  expect(await value.current()).toBe('old');
  expect(readings).toHaveLength(0);
  pass(1);
  const asked = Array.from({ length: 50 }, () => value.current());
  expect(readings).toHaveLength(1);
  readings[0]!.resolve('new');
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['new']));
  expect(await value.current()).toBe('new');
  expect(readings).toHaveLength(1);
});

test('a sign of a change has it read early, but not in turn', async () => {
  const { value, readings, pass } = createBench();
  expect(await value.renew()).toBe(false);
  pass(EARLY_MS);
  const renewals = Array.from({ length: 50 }, () => value.renew());
  expect(readings).toHaveLength(1);
  readings[0]!.resolve('new');
  expect(await Promise.all(renewals)).toEqual(renewals.map(() => true));
  expect(await value.current()).toBe('new');
  pass(EARLY_MS - 1);
  expect(await value.renew()).toBe(false);
  expect(readings).toHaveLength(1);
});

test('a reading that fails leaves the value, and the next one waits', async () => {
  const { value, readings, failures, pass } = createBench();
  pass(KEPT_MS);
  const asked = value.current();
  readings[0]!.reject(new Error('the store is away'));
  expect(await asked).toBe('old');
  expect(failures).toEqual([new Error('the store is away')]);
  expect(await value.current()).toBe('old');
  expect(readings).toHaveLength(1);
  pass(EARLY_MS);
  const again = value.current();
  readings[1]!.resolve('new');
  expect(await again).toBe('new');
});

test('no reader waits for a slow store for long, and its answer counts when it comes', async () => {
  const { value, readings, sleepers, pass } = createBench();
  pass(KEPT_MS);
  const asked = value.current();
  sleepers[0]!();
  expect(await asked).toBe('old');
  readings[0]!.resolve('new');
  await readings[0]!.promise;
  expect(await value.current()).toBe('new');
});

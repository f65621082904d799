import { expect, it } from 'vitest';
import { createFunctionPool } from '#local/cloud/functions/function-pool';
import type { InvocationResult } from '#local/cloud/functions/invocation';
import type { Sandbox } from '#local/cloud/functions/sandbox';

/** One sandbox, whose invocations end when the test says so. */
function onePlace() {
  const begun: { payload: string; end: () => void }[] = [];
  const ended = Promise.withResolvers<void>();
  const sandbox: Sandbox = {
    pid: 1,
    invoke: (payload) =>
      new Promise<InvocationResult>((resolve) => {
        begun.push({ payload, end: () => resolve({ payload }) });
      }),
    ready: () => Promise.resolve(),
    ended: ended.promise,
    async stop() {
      ended.resolve();
    },
  };
  const pool = createFunctionPool({
    startSandbox: () => Promise.resolve(sandbox),
    maxSandboxes: 1,
    idleMs: 60_000,
  });
  return { begun, pool };
}

it('an invocation without a client never begins, and keeps no other waiting', async () => {
  const { begun, pool } = onePlace();
  const first = pool.invoke('first');
  await expect.poll(() => begun.length).toBe(1);
  const impatient = Array.from({ length: 300 }, () => new AbortController());
  const unwanted = impatient.map(({ signal }, index) => pool.invoke(`unwanted ${index}`, signal));
  const patient = pool.invoke('patient', new AbortController().signal);
  for (const client of impatient) client.abort();
  for (const { functionError, payload } of await Promise.all(unwanted)) {
    expect(functionError).toBe('Unhandled');
    expect(payload).toContain('Sandbox.Withdrawn');
  }

  expect(begun.map(({ payload }) => payload)).toEqual(['first']);
  begun[0]!.end();
  expect(await first).toEqual({ payload: 'first' });
  await expect.poll(() => begun.length).toBe(2);
  begun[1]!.end();
  expect(await patient).toEqual({ payload: 'patient' });
  expect(begun.map(({ payload }) => payload)).toEqual(['first', 'patient']);
  await pool.stop();
});

it('without a client from the start it does not begin, and at work it goes on to its end', async () => {
  const { begun, pool } = onePlace();
  expect((await pool.invoke('never', AbortSignal.abort())).payload).toContain('Sandbox.Withdrawn');
  const client = new AbortController();
  const atWork = pool.invoke('at work', client.signal);
  await expect.poll(() => begun.length).toBe(1);
  client.abort();
  begun[0]!.end();
  expect(await atWork).toEqual({ payload: 'at work' });
  await pool.stop();
});

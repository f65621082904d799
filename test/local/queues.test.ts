import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type FixtureCloud, startFixture } from './fixture.ts';

let cloud: FixtureCloud;
beforeAll(async () => {
  cloud = await startFixture();
});
afterAll(() => cloud[Symbol.asyncDispose]());

/** How often each message was received: `{ id: [1, 2] }` for one that came twice. */
function received(...ids: string[]): Record<string, number[]> {
  const records = cloud.batches().flatMap((batch) => batch.records);
  return Object.fromEntries(
    ids.map((id) => [
      id,
      records.filter((record) => record.id === id).map(({ receiveCount }) => receiveCount),
    ]),
  );
}

describe('an event source mapping', () => {
  it('delivers only the failed records of a batch again, and leaves to the dead-letter queue what fails every time', async () => {
    await cloud.send('WorkQueue', [
      { id: 'fine' },
      { id: 'flaky', failures: 1 },
      { id: 'poison', failures: 9 },
    ]);
    await eventually(() => cloud.messagesIn('WorkQueue')).toEqual({ visible: 0, inFlight: 2 });
    expect(received('fine', 'flaky', 'poison')).toEqual({ fine: [1], flaky: [1], poison: [1] });
    cloud.deliverNow('WorkQueue');
    await eventually(() => cloud.messagesIn('WorkQueue')).toEqual({ visible: 0, inFlight: 1 });
    expect(received('fine', 'flaky', 'poison')).toEqual({ fine: [1], flaky: [1, 2], poison: [1, 2] });
    cloud.deliverNow('WorkQueue');
    await eventually(() => cloud.messagesIn('WorkDeadLetterQueue')).toEqual({ visible: 1, inFlight: 0 });
    expect(await cloud.messagesIn('WorkQueue')).toEqual({ visible: 0, inFlight: 0 });
  });

  it('delivers again what a killed process held, and goes on', async () => {
    await cloud.send('WorkQueue', [{ id: 'interrupted', hangs: 1 }]);
    await eventually(() => received('interrupted')).toEqual({ interrupted: [1] });
    const { pid } = cloud.batches().find(({ records }) => records.some(({ id }) => id === 'interrupted'))!;
    process.kill(pid, 'SIGKILL');
    await eventually(() => cloud.sandboxes().map((sandbox) => sandbox.pid)).not.toContain(pid);
    cloud.deliverNow('WorkQueue');
    await eventually(() => received('interrupted')).toEqual({ interrupted: [1, 2] });
    await eventually(() => cloud.messagesIn('WorkQueue')).toEqual({ visible: 0, inFlight: 0 });
  });

  it('keeps no more batches in work than allowed, and loses none', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `many-${index}`);
    await cloud.send(
      'WorkQueue',
      ids.map((id) => ({ id, takesMs: 50 })),
    );
    await eventually(() => Object.values(received(...ids)).flat()).toEqual(ids.map(() => 1));
    const workers = cloud.sandboxes().filter(({ functionName }) => functionName.endsWith('-worker'));
    expect(workers).toHaveLength(2);
  });

  it('gathers until its batch is full, within its batching window', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `gathered-${index}`);
    await cloud.send(
      'GatherQueue',
      ids.slice(0, 11).map((id) => ({ id })),
    );
    await cloud.send(
      'GatherQueue',
      ids.slice(11).map((id) => ({ id })),
    );
    await eventually(() => cloud.batches('gather').map(({ records }) => records.length)).toEqual([23]);
    await eventually(() => cloud.messagesIn('GatherQueue')).toEqual({ visible: 0, inFlight: 0 });
  });
});

it('a function reaches its queue by its environment', async () => {
  await cloud.invoke('probe', { probe: 'send', body: '{"id":"from a function"}' });
  await eventually(() => received('from a function')).toEqual({ 'from a function': [1] });
});

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { routes } from '#functions/receive-alert';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { Clock } from '#lib/clock';
import { onQueue, type QueueFunction } from '#lib/handler/on-queue';
import { warmUp } from '#lib/handler/warm-up';
import { remediationKey } from '#lib/ledger/remediation';
import { handleCommands } from '#lib/remediation/execution/act';
import type { RemediationServices } from '#lib/remediation/record/services';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { warmAlerts } from '#lib/warm-up/alerts';
import { warmCommands } from '#lib/warm-up/commands';
import { warmPolls } from '#lib/warm-up/polls';
import { RESET_PARAMETERS } from '#lib/warm-up/sample-names';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const clock: Clock = { now: () => NOW, sleep: () => Promise.reject(new Error('a sample never waits')) };
const tags = { action: 'createTags', tags: [{ key: 'warm-up', value: 'yes' }] };

type Handle = QueueFunction<RemediationServices>['handle'];

/** The handler, and what it had to do with. */
function watched(handle: Handle) {
  const seen: { services?: RemediationServices; endpoints: string[] } = { endpoints: [] };
  const watching: Handle = (records, services, invocation) => {
    seen.services = services;
    const modelarts: RemediationServices['modelarts'] = (pool) => {
      const client = services.modelarts(pool);
      return {
        ...client,
        send(endpoint, input, options) {
          seen.endpoints.push(endpoint.name);
          return client.send(endpoint, input, options);
        },
      };
    };
    return handle(records, { ...services, modelarts }, invocation);
  };
  return { watching, seen };
}

describe('a warm-up goes as far as a first event does:', () => {
  test.each([
    ['reset-nodes', handleCommands(resetNodes), RESET_PARAMETERS, 'batchResetNodes', 'running'],
    ['update-nodes', handleCommands(updateNodes), tags, 'batchUpdateNodes', 'succeeded'],
  ] as const)(
    '%s makes its call, and records the answer',
    async (action, handle, parameters, call, state) => {
      const { watching, seen } = watched(handle);
      expect(await warmCommands(action, parameters, watching, clock)()).toEqual([]);
      expect(seen.endpoints).toContain(call);
      expect(await seen.services?.store.get(remediationKey('warm-up'))).toMatchObject({ state });
    },
  );

  test('poll-jobs sees its job run', async () => {
    const { watching, seen } = watched(pollCalls);
    expect(await warmPolls(watching, clock)()).toEqual([]);
    expect(seen.endpoints).toContain('listJobs');
    expect(await seen.services?.store.get({ pk: 'call#warm-up', sk: '-' })).toMatchObject({
      value: { looks: 1, seen: { kind: 'running' } },
    });
  });

  test('receive-alert opens a remediation', async () => {
    const { statusCode, body } = await warmAlerts(routes, clock)();
    expect(statusCode).toBe(202);
    expect(JSON.parse(String(body))).toMatchObject({ remediations: [expect.anything()], ignored: [] });
  });
});

describe('a warm-up', () => {
  const written = vi.spyOn(process.stdout, 'write');
  const warned = vi.spyOn(process, 'emitWarning');
  const connections: unknown[] = [];
  const note = (socket: unknown): number => connections.push(socket);
  beforeEach(() => {
    connections.length = 0;
    written.mockClear();
    warned.mockClear();
    subscribe('net.client.socket', note);
  });
  afterEach(() => {
    unsubscribe('net.client.socket', note);
  });

  const all = [
    warmCommands('reset-nodes', RESET_PARAMETERS, handleCommands(resetNodes), clock),
    warmPolls(pollCalls, clock),
    warmAlerts(routes, clock),
  ];

  test('makes no connection, and logs nothing', async () => {
    for (const warm of all) await warm();
    expect(connections).toEqual([]);
    expect(written).not.toHaveBeenCalled();
    expect(warned).not.toHaveBeenCalled();
  });

  // Lambda counts what comes later as a part of the first event.
  test.each(all.map((warm) => [warm] as const))(
    'ends in the turn of the loop in which it began',
    async (warm) => {
      const late = new Promise((resolve) => {
        setImmediate(resolve, 'too late');
      });
      expect(await Promise.race([warm(), late])).not.toBe('too late');
    },
  );

  test('that fails, at once or later, fails nothing', async () => {
    const later = vi.fn(() => Promise.reject(new Error('later')));
    const after = vi.fn(() => Promise.resolve());
    warmUp(
      () => {
        throw new Error('at once');
      },
      later,
      after,
    );
    await new Promise(setImmediate);
    expect(later).toHaveBeenCalledOnce();
    expect(after).toHaveBeenCalledOnce();
  });
});

test('a function warms up, and builds its services, before its first event', async () => {
  const [warm, services] = [vi.fn(() => Promise.resolve()), vi.fn(() => Promise.resolve('services'))];
  const handle = vi.fn(() => Promise.resolve([]));
  const handler = onQueue({ name: 'a-function', services, handle, warm });
  expect(warm).toHaveBeenCalledOnce();
  expect(services).toHaveBeenCalledOnce();
  await handler({ Records: [] }, { awsRequestId: 'r', getRemainingTimeInMillis: () => 10_000 } as never);
  expect(services).toHaveBeenCalledOnce();
  expect(handle).toHaveBeenCalledWith([], 'services', expect.anything());
});

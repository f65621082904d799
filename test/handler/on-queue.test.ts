import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Invocation } from '#lib/handler/invocation';
import { FullBatchFailureError, onQueue } from '#lib/handler/on-queue';
import type { QueueRecord } from '#lib/handler/queue-record';
import { captureLog, lambdaContext, sqsEvent } from './events.ts';

let logged: () => Record<string, any>[];
beforeEach(() => {
  logged = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Handle = (
  records: readonly QueueRecord[],
  services: object,
  invocation: Invocation,
) => Promise<readonly string[]>;

const functionOf = (handle: Handle, services = () => Promise.resolve({})) =>
  onQueue({ name: 'test', services, handle });

test('a batch comes as records, with the time that each was sent and how often it came', async () => {
  const handle = vi.fn<Handle>().mockResolvedValue([]);
  const { attributes } = sqsEvent({}).Records[0]!;
  await functionOf(handle)(
    sqsEvent(
      { messageId: 'm1', body: 'first' },
      { messageId: 'm2', body: 'second', attributes: { ...attributes, ApproximateReceiveCount: '4' } },
    ),
    lambdaContext(),
  );
  const sentAtMs = Date.parse('2026-11-20T10:00:00Z');
  expect(handle.mock.calls[0]?.[0]).toEqual([
    { messageId: 'm1', body: 'first', sentAtMs, receiveCount: 1 },
    { messageId: 'm2', body: 'second', sentAtMs, receiveCount: 4 },
  ]);
});

describe('of a batch', () => {
  const batch = sqsEvent({ messageId: 'm1' }, { messageId: 'm2' }, { messageId: 'm3' });

  test('those that are to come again are named, and no others', async () => {
    const handler = functionOf(() => Promise.resolve(['m1', 'm3']));
    expect(await handler(batch, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }],
    });
  });

  test('none is named when all are done', async () => {
    const handler = functionOf(() => Promise.resolve([]));
    expect(await handler(batch, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(await handler(sqsEvent(), lambdaContext())).toEqual({ batchItemFailures: [] });
  });

  test('without one handled message, the function fails, so that its metric shows it', async () => {
    const handler = functionOf(() => Promise.resolve(['m1', 'm2', 'm3']));
    await expect(handler(batch, lambdaContext())).rejects.toThrow(FullBatchFailureError);
    expect(logged()).toMatchObject([
      {
        level: 'error',
        message: 'invocation failed',
        function: 'test',
        requestId: 'request-1',
        error: { name: 'FullBatchFailureError', message: expect.stringContaining('none of 3 messages') },
      },
    ]);
  });

  test('an unforeseen error fails the function, with its cause in the log', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const handler = functionOf(() => Promise.reject(new Error('the ledger is away', { cause })));
    await expect(handler(batch, lambdaContext())).rejects.toThrow('the ledger is away');
    expect(logged()).toMatchObject([
      {
        error: {
          message: 'the ledger is away',
          cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
        },
      },
    ]);
  });
});

test('services that cannot be built fail the function, and are built anew for the next invocation', async () => {
  const services = vi
    .fn<() => Promise<object>>()
    .mockRejectedValueOnce(new Error('SSM is away'))
    .mockResolvedValue({ table: 'ledger' });
  const handle = vi.fn<Handle>().mockResolvedValue([]);
  const handler = functionOf(handle, services);
  await expect(handler(sqsEvent({}), lambdaContext())).rejects.toThrow('SSM is away');
  expect(handle).not.toHaveBeenCalled();
  for (let invocation = 2; invocation <= 4; invocation += 1) await handler(sqsEvent({}), lambdaContext());
  expect(services).toHaveBeenCalledTimes(2);
  expect(handle.mock.calls.map(([, given]) => given)).toEqual([1, 2, 3].map(() => ({ table: 'ledger' })));
});

describe('an invocation', () => {
  test('has the time that Lambda leaves it, less what recording and answering take', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-20T10:00:00Z') });
    const handle = vi.fn<Handle>().mockResolvedValue([]);
    await functionOf(handle)(sqsEvent({}), lambdaContext({ remainingMs: 60_000 }));
    const { deadlineMs, signal } = handle.mock.calls[0]![2];
    expect(new Date(deadlineMs).toISOString()).toBe('2026-11-20T10:00:58.000Z');
    expect(signal.aborted).toBe(false);
  });

  test('that hangs gets a signal to stop, and fails before Lambda ends the process', async () => {
    const handle = vi.fn<Handle>(() => new Promise(() => {}));
    const ended = functionOf(handle)(sqsEvent({}), lambdaContext({ remainingMs: 510 }));
    expect(logged()).toEqual([]);
    await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(handle.mock.calls[0]?.[2].signal.aborted).toBe(true);
    expect(logged()).toMatchObject([{ level: 'error', error: { name: 'TimeoutError' } }]);
  });

  test('logs under its request id, and one line about itself', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-20T10:00:00Z') });
    const handler = functionOf(async (_records, _services, { log }) => {
      log.warn('looked twice', { correlationId: 'r-1' });
      await vi.advanceTimersByTimeAsync(250);
      return [];
    });
    await handler(sqsEvent({}), lambdaContext({ requestId: 'request-7' }));
    expect(logged()).toEqual([
      {
        time: '2026-11-20T10:00:00.000Z',
        level: 'warn',
        message: 'looked twice',
        function: 'test',
        requestId: 'request-7',
        correlationId: 'r-1',
      },
      {
        time: '2026-11-20T10:00:00.250Z',
        level: 'info',
        message: 'invocation ended',
        function: 'test',
        requestId: 'request-7',
        durationMs: 250,
      },
    ]);
  });
});

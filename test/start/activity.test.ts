import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createActivity, mayHaveChangedLedger } from '#local/start/activity';

it('an event before the first wait is not lost, and is reported once', async () => {
  const activity = createActivity();
  const { signal } = new AbortController();
  activity.note();
  activity.note();
  await activity.next(signal);
  const next = activity.next(signal);
  expect(await Promise.race([next, turn('not yet')])).toBe('not yet');
  activity.note();
  expect(await next).toBeUndefined();
});

it('ends with its signal, also when that came first', async () => {
  const stopping = new AbortController();
  const waiting = createActivity().next(stopping.signal);
  stopping.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
  await expect(createActivity().next(stopping.signal)).rejects.toThrow('over');
});

it('reading the ledger does not count as something that happened to it', () => {
  expect(mayHaveChangedLedger('poolkeeper-local-console', '{"message":"invocation ended"}')).toBe(false);
  expect(mayHaveChangedLedger('poolkeeper-local-console', '{"correlationId":"r1"}')).toBe(true);
  expect(mayHaveChangedLedger('poolkeeper-local-poll-jobs', '{"message":"invocation ended"}')).toBe(true);
});

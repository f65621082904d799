import { expect } from 'vitest';
import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { createMemoryStore } from '#lib/ledger/memory-store';
import { hasEnded } from '#lib/ledger/phase';
import type { PoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { createLogger } from '#lib/log';
import type { RemediationServices } from '#lib/remediation/record/services';
import { sweepLedger } from '#lib/sweep/sweep';
import type { createBench } from '../remediation/bench.ts';
import { killAt } from '../remediation/kill-at.ts';

/** The parts of a bench that let its processes die and be swept up after. */
export type Mortal = {
  store: ReturnType<typeof createMemoryStore>;
  services: RemediationServices;
  queues: Record<string, unknown[]>;
  now: () => number;
  advance: (ms: number, step?: number) => Promise<void>;
};

const MINUTE = 60_000;
const SWEEP_EVERY_MS = 5 * MINUTE;

export function runSweep(
  { services, now }: Pick<Mortal, 'services' | 'now'>,
  write: (line: string) => void = () => {},
): Promise<void> {
  const invocation: Invocation = {
    log: createLogger({}, { write }),
    beganAtMs: now(),
    deadlineMs: now() + 118_000,
    signal: new AbortController().signal,
  };
  return sweepLedger({ time: new Date(now()).toISOString() }, services, invocation);
}

/** Sweeps, and shows that sweeping again at once writes and sends nothing. */
export async function sweepTwice(bench: Mortal): Promise<void> {
  await runSweep(bench);
  const before = everything(bench);
  await runSweep(bench);
  expect(everything(bench)).toEqual(before);
}

/**
 * All that is stored and under way, but for the snapshots of pools, which follow the API and no work. A write puts another document in the
 * place of one, and changes none: they need no copy.
 */
export function everything({ store, queues }: Pick<Mortal, 'store' | 'queues'>) {
  const documents = store.documents().filter(({ pk }) => !isSnapshot(pk));
  return { documents, queues: structuredClone(queues) };
}

/** Whether a document is a part of a pool's snapshot, or has the gauges. Any sweep may write one. */
export function isSnapshot(pk: string): boolean {
  return pk.startsWith('snapshot#') || pk === 'gauges';
}

/** The states of calls that are still open. */
export function openCalls({ store }: Pick<Mortal, 'store'>): unknown[] {
  return store
    .documents()
    .filter(({ pk }) => pk.startsWith('call#'))
    .map(({ value }) => (value as Call).state)
    .filter((state) => !['abandoned', 'refused', 'ended'].includes(state));
}

/** Lets time pass: functions work off what is due, and every five minutes it is swept. */
export async function live(bench: Mortal, ms: number, happens: () => void = () => {}): Promise<void> {
  const end = bench.now() + ms;
  while (bench.now() < end) {
    await bench.advance(10_000, 10_000);
    happens();
    if (bench.now() % SWEEP_EVERY_MS < 10_000) await sweepTwice(bench);
  }
}

/** For how long all has to rest before nothing more is expected: two sweeps have found nothing to do. */
const REST_MINUTES = 11;

/** Whether every remediation has ended, no call is open, no node or node pool is held, and no message is under way. */
function isAtRest({ store, queues }: Pick<Mortal, 'store' | 'queues'>): boolean {
  const isUnderWay = Object.entries(queues).some(
    ([name, { length }]) => name !== 'deadLetters' && length > 0,
  );
  return (
    !isUnderWay &&
    openCalls({ store }).length === 0 &&
    store.documents().every(({ pk, sk, value }) => {
      if (sk !== '-') return true;
      if (pk.startsWith('remediation#')) return hasEnded((value as Remediation).state);
      return !pk.startsWith('pool#') || Object.keys((value as PoolRecord).held).length === 0;
    })
  );
}

/**
 * Lives with one death, and every message lost at it, until nothing is left to be done, or through ninety minutes.
 *
 * @returns whether any process got as far as to die.
 */
export async function liveAndDie(
  bench: Mortal,
  { dieAt, moment }: { dieAt: number; moment: 'before' | 'after' },
  { begin, happens }: { begin: () => Promise<unknown>; happens?: () => void },
): Promise<boolean> {
  const process = killAt(bench, dieAt, moment);
  let died = false;
  async function survive(work: () => Promise<unknown>, again: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!process.hasDied()) throw error;
    }
    if (!process.hasDied()) return;
    died = true;
    process.revive();
    // Every message that was under way is lost with the process.
    for (const name of Object.keys(bench.queues)) if (name !== 'deadLetters') bench.queues[name] = [];
    await again();
  }
  // A caller repeats its request until it is answered.
  await survive(begin, begin);
  for (let minutes = 0, resting = 0; minutes < 90 && resting < REST_MINUTES; minutes += 1) {
    await survive(
      () => live(bench, MINUTE, happens),
      () => Promise.resolve(),
    );
    resting = isAtRest(bench) ? resting + 1 : 0;
  }
  return died;
}

/** Lets jobs end well that have run for ten minutes. */
export function jobsEnd({
  jobs,
  now,
  endJob,
}: Pick<ReturnType<typeof createBench>, 'jobs' | 'now' | 'endJob'>): void {
  for (const { jobId, phase, startedAtMs } of jobs)
    if (phase === 'Running' && now() - startedAtMs >= 10 * MINUTE) endJob(jobId);
}

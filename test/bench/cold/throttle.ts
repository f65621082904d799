import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Whether this machine can say how much CPU time a process has used, to the microsecond: Linux alone. */
export const canThrottle = existsSync('/proc/self/schedstat');

/**
 * Gives a process a share of one CPU, as the control group of a Lambda function does: in each period of 20 ms it may use the share of
 * that period, and then it stands still. Needs no rights: it stops the process and lets it go on, by signals. The process pays back
 * a use beyond its share, because the machine is busy, in the next periods.
 *
 * @param share of one CPU, 0 to 1
 * @returns ends the throttling
 */
export function throttle(pid: number, share: number): () => Promise<unknown> {
  const worker = new Worker(throttling, { eval: true, workerData: { pid, share } });
  worker.on('error', () => {});
  return () => worker.terminate();
}

/** In a thread of its own, because it must not wait for the stand-ins. */
const throttling = `
const { readdirSync, readFileSync } = require('node:fs');
const { workerData: { pid, share } } = require('node:worker_threads');
const PERIOD_MS = 20;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

function usedMs() {
  let ns = 0;
  for (const task of readdirSync('/proc/' + pid + '/task')) {
    try {
      ns += Number(readFileSync('/proc/' + pid + '/task/' + task + '/schedstat', 'utf8').split(' ')[0]);
    } catch {
      // A thread that has ended.
    }
  }
  return ns / 1e6;
}

try {
  let allowedMs = usedMs() + PERIOD_MS * share;
  let periodEndsAt = performance.now() + PERIOD_MS;
  let stopped = false;
  for (;;) {
    const now = performance.now();
    const used = usedMs();
    if (now >= periodEndsAt) {
      const periods = Math.ceil((now - periodEndsAt) / PERIOD_MS) || 1;
      periodEndsAt += PERIOD_MS * periods;
      // Unused time is not saved up.
      allowedMs = Math.min(allowedMs + PERIOD_MS * share * periods, used + PERIOD_MS * share);
    }
    const over = used >= allowedMs;
    if (over !== stopped) process.kill(pid, over ? 'SIGSTOP' : 'SIGCONT');
    stopped = over;
    Atomics.wait(sleeper, 0, 0, stopped ? Math.max(periodEndsAt - performance.now(), 0.2) : 0.4);
  }
} catch {
  // The process has ended.
}
`;

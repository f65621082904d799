import { setTimeout as delay } from 'node:timers/promises';

/** Smaller steps are those of NTP, and of a busy machine. */
const NOTABLE_MS = 10_000;

const LOOK_EVERY_MS = 10_000;

export type ClockOptions = {
  /** Gets the size of a jump of the clock, in milliseconds: negative if it was set back. */
  onJump: (jumpMs: number) => void;
  signal: AbortSignal;
  /** The clock, epoch milliseconds. @default the system's */
  now?: () => number;
  /** Milliseconds that no one sets. @default since the start of this process */
  steady?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

/** Compares the clock of this machine with a steady one, until the signal aborts. */
export async function watchClock({
  onJump,
  signal,
  now = Date.now,
  steady = () => performance.now(),
  sleep = (ms, stop) => delay(ms, undefined, { signal: stop }),
}: ClockOptions): Promise<never> {
  let aheadMs = now() - steady();
  for (;;) {
    await sleep(LOOK_EVERY_MS, signal);
    const jumpMs = now() - steady() - aheadMs;
    aheadMs += jumpMs;
    if (Math.abs(jumpMs) >= NOTABLE_MS) onJump(jumpMs);
  }
}

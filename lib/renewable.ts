import type { Clock } from './clock.ts';

/** A value from outside that may change during the life of the process, such as a secret. */
export type Renewable<Value> = {
  /** The value. It is read again when it is older than `KEPT_MS`. Never rejects. */
  current(): Promise<Value>;
  /**
   * Reads the value again before its time, because something speaks for a change. It does so at most every `EARLY_MS`.
   * Never rejects.
   *
   * @returns whether a reading has succeeded now.
   */
  renew(): Promise<boolean>;
};

/** A value is read again after this time. */
export const KEPT_MS = 5 * 60_000;

/** The shortest time between two readings, successful or not: strangers must not make this system ask its store in turn. */
export const EARLY_MS = 15_000;

/** A caller waits for a reading as long as this. The reading itself goes on. */
const PATIENCE_MS = 1_500;

/**
 * Keeps a value, and reads it again from time to time. All callers share one reading. If it fails, the old value stays.
 *
 * @param onFailure gets the error of each failed reading.
 */
export function createRenewable<Value>(
  first: Value,
  read: () => Promise<Value>,
  { clock, onFailure }: { clock: Clock; onFailure: (error: unknown) => void },
): Renewable<Value> {
  let value = first;
  let readAtMs = clock.now();
  let triedAtMs = readAtMs;
  let reading: Promise<boolean> | undefined;

  async function readAgain(): Promise<boolean> {
    triedAtMs = clock.now();
    try {
      value = await read();
      readAtMs = clock.now();
      return true;
    } catch (error) {
      onFailure(error);
      return false;
    } finally {
      reading = undefined;
    }
  }

  async function renew(): Promise<boolean> {
    if (!reading && clock.now() - triedAtMs < EARLY_MS) return false;
    reading ??= readAgain();
    const patience = new AbortController();
    const late = clock.sleep(PATIENCE_MS, patience.signal).then(
      () => false,
      () => false,
    );
    const renewed = await Promise.race([reading, late]);
    patience.abort();
    return renewed;
  }

  return {
    async current() {
      if (clock.now() - readAtMs >= KEPT_MS) await renew();
      return value;
    },
    renew,
  };
}

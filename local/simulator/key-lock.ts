/** docs/design/modelarts-api.md 5.2: an access key that fails too often in a row is locked for 5 minutes. */
const failuresBeforeLock = 5;
const lockMs = 5 * 60_000;

/** Locks the access key after 5 failed authentications in a row, for 5 real minutes. A success starts the count again. */
export interface KeyLock {
  isLocked(nowMs: number): boolean;
  failed(nowMs: number): void;
  succeeded(): void;
  /** Opens the lock and forgets the failures. */
  open(): void;
}

export const createKeyLock = (): KeyLock => {
  let failures = 0;
  let lockedUntilMs = 0;
  return {
    isLocked: (nowMs) => nowMs < lockedUntilMs,
    failed(nowMs) {
      failures += 1;
      if (failures < failuresBeforeLock) return;
      lockedUntilMs = nowMs + lockMs;
      failures = 0;
    },
    succeeded() {
      failures = 0;
    },
    open() {
      failures = 0;
      lockedUntilMs = 0;
    },
  };
};

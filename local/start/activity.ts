/** Tells one listener that an event has occurred since its last call. */
export interface Activity {
  note(): void;
  /** Settles at once when there was a note since the last call, otherwise at the next one; rejects when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
}

export function createActivity(): Activity {
  let noted = Promise.withResolvers<void>();
  return {
    note: () => noted.resolve(),
    async next(signal) {
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        signal.throwIfAborted();
        await Promise.race([noted.promise, aborted.promise]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
      noted = Promise.withResolvers<void>();
    },
  };
}

/**
 * Whether a line of a function's log may announce a change in the ledger: the console only reads, unless it names a
 * remediation.
 */
export function mayHaveChangedLedger(functionName: string, line: string): boolean {
  return !functionName.endsWith('-console') || line.includes('"correlationId"');
}

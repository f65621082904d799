/** A handler that does nothing: what a runtime costs by itself. */
export function handler(): Promise<object> {
  return Promise.resolve({ batchItemFailures: [] });
}

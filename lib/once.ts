/** Makes `build` run once: all callers wait for the same promise. A failure is not kept: the next caller tries again. */
export function once<Value>(build: () => Promise<Value>): () => Promise<Value> {
  let built: Promise<Value> | undefined;
  return async function ready() {
    built ??= build();
    try {
      return await built;
    } catch (error) {
      built = undefined;
      throw error;
    }
  };
}

/**
 * Does the work of a first event once, while Lambda initialises the function on a whole CPU: an event gets a share of one. An error
 * here has no effect: the first event then does the work, as without a warm-up.
 *
 * The runtime asks for an event in a later turn of the loop. Work that waits for promises alone has ended by then.
 */
export function warmUp(...works: readonly (() => Promise<unknown>)[]): void {
  for (const work of works) void quietly(work);
}

async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // The first event meets the same error, and reports it.
  }
}

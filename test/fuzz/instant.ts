/** The time of every world of the fuzzer, epoch milliseconds. */
export const AT = Date.parse('2026-11-20T10:00:00Z');

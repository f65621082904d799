/** `act`: call the API. `observe`: only record the call. `approve`: record the call, and wait for a person's approval. */
export const modes = ['act', 'observe', 'approve'] as const;

export type Mode = (typeof modes)[number];

const CAUTION: readonly Mode[] = ['act', 'approve', 'observe'];

/** Whether mode `a` is more cautious than mode `b`. */
export function isMoreCautious(a: Mode, b: Mode): boolean {
  return CAUTION.indexOf(a) > CAUTION.indexOf(b);
}

/** The more cautious of two modes. */
export function moreCautious(a: Mode, b: Mode): Mode {
  return isMoreCautious(a, b) ? a : b;
}

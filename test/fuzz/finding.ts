import type { Arbitrary } from 'fast-check';

/** A promise that an input has broken. */
export class Finding extends Error {
  override name = 'Finding';
}

export function demand(isKept: boolean, promise: string): void {
  if (!isKept) throw new Finding(promise);
}

/** The subject of fuzzing: one source of alerts, or one queue. */
export type Subject<Input = any> = {
  name: string;
  samples: number;
  inputs: Arbitrary<Input>;
  /**
   * Gives one input to the code.
   *
   * @returns one word for the outcome, to count.
   * @throws Finding
   */
  give(input: Input): Promise<string>;
  /** The input as a person reads it. */
  show(input: Input): string;
};

/** A rejection that no code has handled is a finding of the input at that time. */
export function watchRejections(): { take(): unknown } & Disposable {
  let rejected: { reason: unknown } | undefined;
  const note = (reason: unknown) => {
    rejected ??= { reason };
  };
  process.on('unhandledRejection', note);
  return {
    take() {
      const { reason } = rejected ?? {};
      const found = rejected;
      rejected = undefined;
      return found && (reason ?? 'a rejection without a reason');
    },
    [Symbol.dispose]: () => void process.off('unhandledRejection', note),
  };
}

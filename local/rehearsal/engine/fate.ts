/**
 * Decides what goes wrong in the machinery around the functions. A key names the operation and its process.
 */
export type Fate = {
  /** One of the mishaps, by their rates, or none. */
  decide(key: string, rates: Readonly<Record<string, number>>): string | undefined;
  /** From now on nothing goes wrong any more. */
  calm(): void;
  isCalm(): boolean;
  /** Everything that has gone wrong so far. */
  happened: Map<string, string>;
};

/** Nothing ever goes wrong in the machinery. The faults of the API are another matter. */
export function calmFate(): Fate {
  return { decide: () => undefined, calm: () => {}, isCalm: () => true, happened: new Map() };
}

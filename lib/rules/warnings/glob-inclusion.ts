import { globMatches } from '../glob.ts';

/** Limit of the states that one question visits. Beyond it the answer is "not known to be included". */
const MAX_STATES = 5_000;

/** Stands for every character that no glob of the question has: they are all alike. It is no character. */
const ANOTHER = '';

/**
 * Whether every text that `glob` matches is matched by one of `others`. `true` is certain. `false` may also mean that the question was
 * too large to decide.
 */
export function isIncluded(glob: string, others: readonly string[]): boolean {
  if (others.includes(glob) || others.some((other) => /^\*+$/.test(other))) return true;
  if (!/[*?]/.test(glob)) return others.some((other) => globMatches(other, glob));
  return others.some((other) => /[*?]/.test(other)) && hasNoCounterexample(glob, others);
}

/**
 * Searches for a text that `glob` matches and `others` do not, by following all globs through the same characters at once.
 *
 * @returns false if there is one, or if the search was given up
 */
function hasNoCounterexample(glob: string, others: readonly string[]): boolean {
  const inner = Array.from(glob);
  const outer = others.map((other) => Array.from(other));
  const alphabet = [...new Set([inner, ...outer].flat().filter((one) => !isWildcard(one))), ANOTHER];
  const start = { inside: reachedFrom(inner, [0]), around: outer.map((one) => reachedFrom(one, [0])) };
  const seen = new Set([keyOf(start)]);
  const left = [start];
  for (let state = left.pop(); state; state = left.pop()) {
    if (
      state.inside.includes(inner.length) &&
      !state.around.some((at, n) => at.includes(outer[n]?.length ?? -1))
    )
      return false;
    for (const character of alphabet) {
      const inside = step(inner, state.inside, character);
      if (inside.length === 0) continue;
      const next = { inside, around: outer.map((one, n) => step(one, state.around[n] ?? [], character)) };
      const key = keyOf(next);
      if (seen.has(key)) continue;
      if (seen.size >= MAX_STATES) return false;
      seen.add(key);
      left.push(next);
    }
  }
  return true;
}

type State = { inside: readonly number[]; around: readonly (readonly number[])[] };

function keyOf({ inside, around }: State): string {
  return JSON.stringify([inside, around]);
}

function isWildcard(character: string): boolean {
  return character === '*' || character === '?';
}

/** The positions in a glob that one more character leads to. */
function step(glob: readonly string[], positions: readonly number[], character: string): number[] {
  const next = positions.flatMap((at) => {
    if (glob[at] === '*') return [at];
    return glob[at] === '?' || (glob[at] === character && character !== ANOTHER) ? [at + 1] : [];
  });
  return reachedFrom(glob, next);
}

/** Positions with those behind a `*`, which may stand for no character. In ascending order. */
function reachedFrom(glob: readonly string[], positions: readonly number[]): number[] {
  const reached = new Set<number>();
  for (const position of positions) {
    let at = position;
    reached.add(at);
    while (glob[at] === '*') {
      at += 1;
      reached.add(at);
    }
  }
  return [...reached].toSorted((a, b) => a - b);
}

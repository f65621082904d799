import { nearest } from '#lib/nearest';
import { gates } from '#local/replay/gates';
import type { Replayed } from '#local/replay/replay';
import { CommandError } from '../failure.ts';

function gateOf(name: string): (typeof gates)[keyof typeof gates] | undefined {
  const found = Object.entries(gates).find(([gate]) => gate === name);
  return found?.[1];
}

/**
 * Checks the conditions of `--fail-on`.
 *
 * @param against the other rules, if there are some
 * @throws CommandError
 */
export function checkGates(wanted: readonly string[], against: string | undefined): void {
  const known = Object.keys(gates);
  for (const name of wanted) {
    const gate = gateOf(name);
    if (!gate) {
      const meant = nearest(name, known);
      const advice = meant === undefined ? `: there is ${known.join(', ')}` : `: did you mean ${meant}?`;
      throw new CommandError(`--fail-on ${name}: there is no such condition${advice}`, 'usage');
    }
    if (gate.needsOther && against === undefined)
      throw new CommandError(
        `--fail-on ${name}: compares with other rules, so name them with --against`,
        'usage',
      );
  }
}

/** The conditions that a replay fails, each with its reason. */
export function failuresOf(wanted: readonly string[], replayed: Replayed): string[] {
  return wanted.flatMap((name) => {
    const why = gateOf(name)?.why(replayed);
    return why === undefined ? [] : [`--fail-on ${name}: ${why}`];
  });
}

import type { Chance } from '#local/rehearsal/engine/chance';
import type { WithdrawalInput } from '../scenario.ts';

/** A few withdrawals within some time, mostly of commands that wait, and mostly at once. */
export function withdrawalsOf(
  chance: Chance,
  { fromMs, lastsMs }: { fromMs: number; lastsMs: number },
  most: number,
): WithdrawalInput[] {
  return Array.from({ length: chance.between(0, most, 'withdrawals') }, (_, index) => {
    const id = `withdrawal-${index + 1}`;
    return {
      kind: 'withdrawal',
      id,
      atMs: fromMs + chance.between(0, lastsMs, `${id}/at`),
      of: chance.pick(['waiting', 'waiting', 'waiting', 'any'] as const, `${id}/of`),
      thinksMs: chance.pick([0, 0, 1_000, 5_000, 60_000], `${id}/thinks`),
    };
  });
}

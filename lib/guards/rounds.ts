import type { NodeRecord } from '#lib/ledger/node-record';
import { spanText } from '#lib/sentences/time';
import type { Guard } from './guard.ts';

/**
 * A ladder that began too often for a node has not repaired it, and would not do so the next time: the case goes to a
 * person. A ladder that has begun goes to its end.
 */
export const boundedRounds: Guard = ({ record, remediation: { rule, ladder }, limits: { rounds } }, now) => {
  const guard = 'rounds';
  if (!ladder || !rounds) return { guard, allowed: true, why: 'the command comes from no ladder' };
  const known = record?.rounds ?? [];
  if (known.some(({ root }) => root === ladder.root))
    return { guard, allowed: true, why: 'its ladder has begun already' };
  const begun = roundsWithin(known, rule, rounds.withinMs, now);
  const limit = `the limit is ${rounds.max} within ${spanText(rounds.withinMs)}`;
  if (begun.length < rounds.max) {
    const why = `${begun.length} ladders of rule ${rule} have begun for the node before; ${limit}`;
    return { guard, allowed: true, why };
  }
  const history = begun.map(({ at, root }) => `${at} (remediation ${root})`).join(', ');
  return {
    guard,
    allowed: false,
    why: `${begun.length} ladders of rule ${rule} have begun for the node and did not repair it for good; ${limit}: ${history}`,
    handsOver: true,
  };
};

/** The ladders of a rule for a node that count towards its limit, oldest first. `now`: epoch milliseconds. */
export function roundsWithin(
  rounds: NonNullable<NodeRecord['rounds']>,
  rule: string | undefined,
  withinMs: number,
  now: number,
): NonNullable<NodeRecord['rounds']> {
  return rounds.filter((round) => round.rule === rule && now - Date.parse(round.at) < withinMs);
}

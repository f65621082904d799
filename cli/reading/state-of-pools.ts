import { counted } from '#lib/sentences/english';
import type { PoolAnswer } from '../client/routes.ts';

/** One thing that is wrong in a pool. `grave`: it needs attention; otherwise it explains why something is slow. */
export type Wrong = { pool: string; kind: string; text: string; grave: boolean };

/** All that is wrong in a pool, the gravest first. */
export function wrongIn(pool: PoolAnswer): Wrong[] {
  const found: Wrong[] = [];
  const add = (kind: string, text: string, grave = true): void => {
    found.push({ pool: pool.name, kind, text, grave });
  };
  if ('unreadable' in pool) {
    add('unreadable', `This version cannot read the document of the pool: ${pool.unreadable}`);
    return found;
  }
  const { failing, reading, breaker, storm, slowed, budget, nodes, window } = pool;
  if (failing) add('reading', `No reading was good since ${failing.since}: ${failing.why}`);
  else if (reading === undefined) add('reading', 'No function has read the pool yet.', false);
  if (breaker) add('breaker', `The breaker is ${breaker.state}: ${breaker.why}`);
  if (storm) add('storm', storm.why);
  if (budget && budget.out > budget.limit) {
    const { out, limit } = budget;
    add(
      'budget',
      `${counted(out, 'node')} ${out === 1 ? 'is' : 'are'} out of service, and the budget allows ${limit}.`,
    );
  }
  const { broken, out, unknown } = nodes.states;
  if (broken > 0) add('broken', `Poolkeeper could not repair ${counted(broken, 'node')}.`);
  if (out > 0)
    add('out', `${counted(out, 'node')} ${out === 1 ? 'is' : 'are'} out of service, and not by Poolkeeper.`);
  if (unknown > 0) add('unknown', `The state of ${counted(unknown, 'node')} is unknown.`, false);
  if (slowed !== undefined) add('slowed', slowed, false);
  if (!window.open && broken + out > 0) add('window', `The window is closed: ${window.why}`, false);
  return found;
}

const STATES = [
  ['well', 'well'],
  ['held', 'being worked on'],
  ['waiting', 'waiting'],
  ['cooldown', 'in cooldown'],
  ['broken', 'broken'],
  ['out', 'out'],
  ['unknown', 'unknown'],
] as const;

/** The nodes of a pool by their states: `128 nodes: 126 well, 1 being worked on, 1 broken`. */
export function nodesText({ nodes }: Extract<PoolAnswer, { nodes: unknown }>): string {
  const parts = STATES.filter(([state]) => nodes.states[state] > 0).map(
    ([state, word]) => `${nodes.states[state]} ${word}`,
  );
  const total = counted(nodes.total, 'node');
  return parts.length === 0 ? total : `${total}: ${parts.join(', ')}`;
}

/** The budget in one line; undefined if no reading gives one. */
export function budgetText({ budget }: Extract<PoolAnswer, { nodes: unknown }>): string | undefined {
  if (!budget) return undefined;
  const { out, limit, free, day } = budget;
  return `${out} of at most ${limit} out of service, ${free} free; today ${day.spent} of ${day.limit}`;
}

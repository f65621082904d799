import type { Rules } from '#lib/rules/rules';
import { type RulesChange, rulesChanges } from '#local/rules-changes/changes';
import { type Assumptions, pessimistic } from './assumptions.ts';
import { differences, isMoreDestructive, type NodeDifference } from './difference.ts';
import type { HistoricNode, History } from './history.ts';
import { poolsOf } from './pools.ts';
import { NOTHING, type ReplayResult } from './run-replay.ts';
import { runReplays } from './run-replays.ts';
import { type Summary, summarize } from './summary.ts';
import { unknowns } from './unknowns.ts';

export type ReplayRequest = {
  rules: Rules;
  /** Other rules to compare with, such as those of today. */
  against?: Rules | undefined;
  history: History;
  listed: readonly HistoricNode[];
  sizes: ReadonlyMap<string, number>;
  assumptions: Assumptions;
  seed: number;
  /** Hears of the share that is done, 0 to 1. */
  onProgress?: (share: number) => void;
};

export type Replayed = {
  from: string;
  until: string;
  alerts: number;
  deliveries: number;
  /** By pool: its nodes, and how many of them the input or the list knows. */
  pools: readonly { name: string; nodes: number; known: number }[];
  assumptions: Assumptions;
  summary: Summary;
  result: ReplayResult;
  /** The same history under pessimistic assumptions. */
  pessimistic: { assumptions: Assumptions; summary: Summary };
  against?: {
    summary: Summary;
    nodes: readonly NodeDifference[];
    isMoreDestructive: boolean;
    /** The differences between the rules themselves. */
    changes: readonly RulesChange[];
  };
  /** The facts that the replay cannot know, in sentences. */
  unknowns: readonly string[];
};

/** Replays a history through rules: as assumed, with worse luck, and through other rules if there are some. The same request has the same result. */
export async function replay(request: ReplayRequest): Promise<Replayed> {
  const { rules, against, history, listed, sizes, assumptions, seed, onProgress } = request;
  const { pools, known } = poolsOf(history, listed, against ? [rules, against] : [rules], sizes);
  const worse = pessimistic(assumptions);
  const shared = { history, pools, seed };
  const [result = NOTHING, unlucky = NOTHING, other] = await runReplays(
    [
      { ...shared, rules, assumptions },
      { ...shared, rules, assumptions: worse },
      ...(against ? [{ ...shared, rules: against, assumptions }] : []),
    ],
    onProgress,
  );
  const { deliveries } = history;
  const timeOf = (index: number) => new Date(deliveries.at(index)?.atMs ?? 0).toISOString();
  return {
    from: timeOf(0),
    until: timeOf(-1),
    alerts: deliveries.reduce((sum, { alerts }) => sum + alerts.length, 0),
    deliveries: deliveries.length,
    pools: pools.map(({ name, nodes }) => ({ name, nodes: nodes.length, known: known.get(name) ?? 0 })),
    assumptions,
    summary: summarize(result, rules),
    result,
    pessimistic: { assumptions: worse, summary: summarize(unlucky, rules) },
    ...(against &&
      other && {
        against: {
          summary: summarize(other, against),
          nodes: differences(result, other),
          isMoreDestructive: isMoreDestructive(result, other),
          changes: rulesChanges(against, rules),
        },
      }),
    unknowns: unknowns(history, rules, pools, known),
  };
}

/** Rules that act wherever they only observe, or wait for a person: to see their effect before they may act. */
export function asIfActing(rules: Rules): Rules {
  return {
    ...rules,
    rules: rules.rules.map((rule) => ({
      ...rule,
      mode: 'act',
      ladder: rule.ladder.map((rung) => {
        if (!('mode' in rung)) return rung;
        const { mode: _mode, ...others } = rung;
        return others;
      }),
    })),
  };
}

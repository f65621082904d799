import type { ShownRemediation } from '#lib/ledger/listing/shown';
import type { Rules } from '#lib/rules/rules';
import { deliveriesIn, remediationsIn, shownRemediations } from '#local/rehearsal/ledger';
import { createRehearsal, type Rehearsal } from '#local/rehearsal/rehearsal';
import { type Happened, type Mismatch, mismatches } from './expectations.ts';
import { planInputs } from './inputs.ts';
import type { LocatedTest } from './read-test-file.ts';
import { startingPools } from './starting-pools.ts';

/** One expectation that does not hold, with its place in the file. */
export type Failure = Mismatch & { atMs: number; line: number };

export type TestOutcome = {
  name: string;
  line: number;
  startMs: number;
  failures: Failure[];
  /** Every remediation with its receipts, as they were at the last expectation. */
  remediations: readonly ShownRemediation[];
  /** Each alert that led to nothing, with its name and the reason. */
  ignored: readonly { alert: string; why: string }[];
};

/** Runs a test on virtual time. The same test has the same outcome, always. */
export async function runTest(test: LocatedTest, rules: Rules): Promise<TestOutcome> {
  const startMs = Date.parse(test.start);
  const inOrder = [...test.expect.entries()].sort(([, a], [, b]) => a.at - b.at);
  const endMs = startMs + Math.max(...test.expect.map(({ at }) => at));
  const rehearsal = createRehearsal({
    rules,
    pools: startingPools(rules, test),
    startMs,
    seed: 1,
    jobSeconds: test.jobs.take / 1000,
  });
  planInputs(test, rules, rehearsal, startMs, endMs);

  const failures: Failure[] = [];
  for (const [index, expected] of inOrder) {
    await rehearsal.scheduler.runUntil(startMs + expected.at);
    for (const mismatch of mismatches(expected, await happenedIn(rehearsal), rules))
      failures.push({ ...mismatch, atMs: expected.at, line: test.lineOf(['expect', index, mismatch.part]) });
  }
  const { name, line } = test;
  const { remediations, ignored } = await happenedIn(rehearsal);
  return {
    name,
    line,
    startMs,
    failures,
    remediations,
    ignored: ignored.map(({ alert, labels = {}, ignored: why = '' }) => ({
      alert: labels['alertname'] ?? alert,
      why,
    })),
  };
}

async function happenedIn(rehearsal: Rehearsal): Promise<Happened> {
  const { table, api, deployment } = rehearsal;
  const refusals = new Map(remediationsIn(table).map(({ id, refusedBy = [] }) => [id, refusedBy]));
  const shown = await shownRemediations(table);
  const ignored = new Map(
    deliveriesIn(table)
      .flatMap(({ alerts }) => alerts)
      .filter((alert) => alert.status === 'firing' && alert.ignored !== undefined)
      .map((alert) => [alert.alert, alert]),
  );
  return {
    calls: api.calls,
    remediations: shown.map((one) => ({ ...one, refusedBy: refusals.get(one.id) ?? [] })),
    told: deployment.told,
    ignored: [...ignored.values()],
    nodes: new Map([...rehearsal.world().pools.values()].flatMap(({ nodes }) => [...nodes])),
  };
}

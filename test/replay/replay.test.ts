import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { deliveriesIn, shownRemediations } from '#local/rehearsal/ledger';
import { readAssumptions } from '#local/replay/assumptions';
import { readHistory } from '#local/replay/input/read-history';
import { asIfActing, type ReplayRequest, replay } from '#local/replay/replay';
import { alertOf, deliver, RULES, rehearse } from '#test/rehearsal/bench';
import { runs } from '#test/runs';
import { MINUTE_MS, type Sample, START_MS, webhookLines } from './history.ts';

const rules = parseRules(RULES, 'rules.yml');

function replayed(samples: readonly Sample[], more: Partial<ReplayRequest> = {}) {
  return replay({
    rules,
    history: readHistory([webhookLines(samples)], 5 * MINUTE_MS),
    listed: [],
    sizes: new Map([['train-a', 20]]),
    assumptions: readAssumptions(['helps=100%', 'fails=0%']),
    seed: 1,
    ...more,
  });
}

describe('a replay', () => {
  test('says what the rules would have done, and what each outcome was', async () => {
    const { summary, alerts, pools } = await replayed([
      { node: 'n1', from: 0, to: 60 },
      { node: 'n2', from: 0, to: 60 },
      { node: 'n3', from: 0, to: 60 },
      { node: 'n4', from: 0, to: 60, alertname: 'Other' },
    ]);
    expect(alerts).toBe(4 * 13);
    expect(pools[0]).toEqual({ name: 'train-a', nodes: 20, known: 3 });
    expect(summary.rules).toMatchObject([
      {
        rule: 'lost',
        remediations: 3,
        called: { 'reset-nodes': 3 },
        waited: { budget: 1 },
        succeeded: 3,
        needsPerson: 0,
      },
    ]);
    expect(summary.destructive).toBe(3);
    // One call for two nodes takes them one after the other.
    expect(summary.peaks[0]).toMatchObject({ pool: 'train-a', nodes: 1 });
    expect(summary.ignored).toEqual({ 'no rule matches it': 12 });
  });

  test('fires the schedules whose targets are known, and names the others', async () => {
    const scheduled = parseRules(
      `${RULES}schedules:
  - name: label
    cron: "15,45 * * * ? *"
    update-node-pool: { pool: train-a, nodePool: np-1, resources: { labels: { night: "yes" } } }
  - name: elsewhere
    cron: "30 * * * ? *"
    update-node-pool: { pool: train-a, nodePool: np-2, resources: { labels: { night: "yes" } } }
tagPolicies:
  - name: owner
    pool: train-a
    require: { Owner: ai }
`,
      'rules.yml',
    );
    const { summary, unknowns } = await replayed([{ node: 'n1', from: 0, to: 60 }], {
      rules: scheduled,
      listed: [{ name: 'n9', nodePool: 'np-1' }],
    });
    expect(summary.rules).toMatchObject([
      { rule: 'lost', called: { 'reset-nodes': 1 } },
      { rule: 'schedule label', remediations: 2, called: { 'update-node-pool': 1 }, succeeded: 2 },
    ]);
    // The second firing finds the label that the first one has set.
    expect(summary.calls).toBe(2);
    expect(unknowns.filter((line) => /schedule|Tag policies/.test(line))).toEqual([
      'The schedule elsewhere does not run: no node of the input is in its node pool np-2. Give --nodes with an answer of the API.',
      'Tag policies do not run: neither a history nor the API shows the tags of the nodes, on which their commands depend.',
    ]);
  });

  test('shows how the result depends on luck', async () => {
    const { summary, pessimistic } = await replayed(
      Array.from({ length: 8 }, (_, index) => ({
        node: `n${index}`,
        from: 100 * index,
        to: 100 * index + 90,
      })),
    );
    expect(summary.rules[0]).toMatchObject({ succeeded: 8, escalated: 0 });
    expect(pessimistic.summary.rules[0]?.escalated).toBeGreaterThan(0);
  });

  test('ends an alert with its repair: what the history repeats of it afterwards causes nothing', async () => {
    const { summary } = await replayed([{ node: 'n1', from: 0, to: 600 }]);
    expect(summary.calls).toBe(1);
  });

  test('goes on with the ladder where a repair does not help', async () => {
    const { summary } = await replayed([{ node: 'n1', from: 0, to: 600 }], {
      assumptions: readAssumptions(['helps=0%']),
    });
    expect(summary.rules[0]).toMatchObject({ escalated: 1, needsPerson: 1 });
  });

  test('compares two files of rules, node by node', async () => {
    const careful = parseRules(RULES.replace('mode: act', 'mode: observe'), 'careful.yml');
    const samples = [{ node: 'n1', from: 0, to: 60 }];
    const bolder = await replayed(samples, { against: careful });
    expect(bolder.against).toMatchObject({
      isMoreDestructive: true,
      nodes: [
        {
          node: 'n1',
          only: [{ text: 'reset-nodes: succeeded', isDestructive: true }],
          onlyAgainst: [{ text: 'reset-nodes: only observed, not done', isDestructive: false }],
        },
      ],
    });
    const tamer = await replayed(samples, { rules: careful, against: rules });
    expect(tamer.against?.isMoreDestructive).toBe(false);
    const same = await replayed(samples, { against: rules });
    expect(same.against?.nodes).toEqual([]);
    const asIf = await replayed(samples, { rules: asIfActing(careful), against: rules });
    expect(asIf.against?.nodes).toEqual([]);
  });
});

const someSamples = fc.uniqueArray(
  fc.record({
    node: fc.integer({ min: 1, max: 5 }).map((number) => `node-${number}`),
    from: fc.integer({ min: 0, max: 200 }),
    to: fc.integer({ min: 201, max: 240 }),
  }),
  { minLength: 1, maxLength: 4, selector: ({ node }) => node },
);

test('the same input and seed give the same result', async () => {
  await fc.assert(
    fc.asyncProperty(someSamples, fc.nat(5), async (samples, seed) => {
      const options = { seed, assumptions: readAssumptions(['helps=60%', 'workloads=20%']) };
      expect(JSON.stringify(await replayed(samples, options))).toBe(
        JSON.stringify(await replayed(samples, options)),
      );
    }),
    { numRuns: runs(3), endOnFailure: true, seed: 1 },
  );
});

test('the export of a run, replayed under the same assumptions, has the same remediations with the same outcomes', async () => {
  await fc.assert(
    fc.asyncProperty(someSamples, async (samples) => {
      const system = rehearse(20);
      for (const { node, from } of samples) {
        const atMs = START_MS + from * MINUTE_MS;
        const alert = alertOf(node, atMs);
        system.scheduler.at(atMs, () => void deliver(system, alert));
        const endMs = atMs + 11 * MINUTE_MS;
        system.scheduler.at(
          endMs,
          () => void deliver(system, { ...alert, status: 'resolved', endsAt: new Date(endMs).toISOString() }),
        );
      }
      await system.scheduler.runUntil(START_MS + 30 * 60 * MINUTE_MS);
      const shown = await shownRemediations(system.table);
      const lines = [
        ...deliveriesIn(system.table).map(({ id: delivery, part: _part, ...event }) => ({
          kind: 'event',
          delivery,
          ...event,
        })),
        ...shown.map((remediation) => ({ kind: 'remediation', ...remediation })),
      ];
      const text = lines.map((line) => JSON.stringify(line)).join('\n');
      const { result } = await replay({
        rules,
        history: readHistory([{ name: 'export.jsonl', text }], 5 * MINUTE_MS),
        listed: Array.from({ length: 20 }, (_, index) => ({ name: `node-${index + 1}` })),
        sizes: new Map(),
        assumptions: readAssumptions(['helps=100%', 'fails=0%']),
        seed: 1,
      });
      const decisions = (all: typeof shown) =>
        all.map(({ id, rule, action, nodes, state }) => ({ id, rule, action, nodes, state }));
      expect(decisions([...result.remediations])).toEqual(decisions(shown));
    }),
    { numRuns: runs(3), endOnFailure: true, seed: 1 },
  );
});

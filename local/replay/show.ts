import { timeIn } from '#lib/sentences/time';
import type { RulesChange } from '#local/rules-changes/changes';
import type { Screen } from '#local/screen/screen';
import { assumptionLines } from './assumptions.ts';
import { lineOf } from './difference.ts';
import type { Replayed } from './replay.ts';
import type { Counts, RuleSummary, Summary } from './summary.ts';

/** Limits of the lists on a screen; --json has everything. */
const MOST_NODES = 30;
const MOST_LINES = 40;

/** Writes a replay for a person: the input, each rule with both courses of luck, the difference, the timeline, and what is not known. */
export function showReplay(replayed: Replayed, screen: Screen, { timeline }: { timeline: boolean }): void {
  const { from, until, alerts, deliveries, pools, assumptions, summary, pessimistic, unknowns } = replayed;
  screen.line(`${alerts} alerts in ${deliveries} deliveries, from ${utc(from)} to ${utc(until)}`);
  for (const { name, nodes, known } of pools)
    screen.line(`pool ${name}: ${nodes} nodes, ${known} of them known from the input`);
  screen.line();
  screen.line(screen.paint('strong', 'Assumed'));
  for (const line of assumptionLines(assumptions)) screen.columns('  ', line);
  screen.line(screen.paint('strong', 'With worse luck'));
  for (const line of assumptionLines(pessimistic.assumptions)) screen.columns('  ', line);

  for (const rule of summary.rules)
    showRule(
      rule,
      pessimistic.summary.rules.find((other) => other.rule === rule.rule),
      screen,
    );
  showTotals(summary, pessimistic.summary, screen);
  if (replayed.against) {
    showRulesChanges(replayed.against.changes, screen);
    showDifference(replayed, screen);
  }
  if (timeline) showTimeline(replayed, screen);
  screen.line();
  screen.line(screen.paint('strong', 'Not known'));
  for (const line of unknowns) screen.columns('  ', line);
}

/** Each number, followed by that with worse luck if it differs. */
function showRule(rule: RuleSummary, worse: RuleSummary | undefined, screen: Screen): void {
  screen.line();
  screen.line(
    `${screen.paint('strong', rule.rule)}  ${both(rule.remediations, worse?.remediations)} remediations`,
  );
  const rows: [string, Counts | number, Counts | number | undefined][] = [
    ['called', rule.called, worse?.called],
    ['observed', rule.observed, worse?.observed],
    ['refused by', rule.refused, worse?.refused],
    ['waited for', rule.waited, worse?.waited],
    ['succeeded', rule.succeeded, worse?.succeeded],
    ['went on to the next rung', rule.escalated, worse?.escalated],
    ['went to a person', rule.needsPerson, worse?.needsPerson],
    ['without an approval', rule.unapproved, worse?.unapproved],
  ];
  for (const [name, count, other] of rows) {
    const text =
      typeof count === 'number'
        ? both(count, Number(other ?? 0))
        : countsText(count, typeof other === 'object' ? other : {});
    if (text !== '0' && text !== '') screen.columns(`  ${name.padEnd(25)}`, text);
  }
}

function countsText(counts: Counts, worse: Counts): string {
  const names = [...new Set([...Object.keys(counts), ...Object.keys(worse)])];
  return names.map((name) => `${name} ${both(counts[name] ?? 0, worse[name] ?? 0)}`).join(', ');
}

function both(count: number, worse = 0): string {
  return count === worse ? String(count) : `${count} (with worse luck ${worse})`;
}

function showTotals(summary: Summary, worse: Summary, screen: Screen): void {
  screen.line();
  screen.line(screen.paint('strong', 'In all'));
  screen.line(`${'  calls'.padEnd(27)}${both(summary.calls, worse.calls)}`);
  screen.line(`${'  nodes in destructive calls'.padEnd(27)} ${both(summary.destructive, worse.destructive)}`);
  for (const { pool, nodes, atMs } of summary.peaks) {
    if (nodes === 0) continue;
    const other = worse.peaks.find((peak) => peak.pool === pool)?.nodes;
    screen.line(
      `  most nodes of ${pool} out at once by calls  ${both(nodes, other)}, at ${utc(new Date(atMs).toISOString())}`,
    );
  }
  for (const [why, count] of Object.entries(summary.ignored))
    screen.columns('  led to nothing           ', `${count} times: ${why}`, 'dim');
}

function showRulesChanges(changes: readonly RulesChange[], screen: Screen): void {
  screen.line();
  screen.line(screen.paint('strong', 'Changes of the rules'));
  if (changes.length === 0) screen.line('  none: they do the same as the other rules');
  for (const { text, acts } of changes) screen.columns('  ', text, acts ? 'notable' : 'plain');
}

/** Writes the difference from the other rules, node by node. */
export function showDifference({ against, summary }: Replayed, screen: Screen): void {
  if (!against) return;
  screen.line();
  screen.line(screen.paint('strong', 'Difference from the other rules'));
  screen.line(`  calls: ${against.summary.calls} → ${summary.calls}`);
  screen.line(`  nodes in destructive calls: ${against.summary.destructive} → ${summary.destructive}`);
  if (against.nodes.length === 0) screen.line('  no node has another outcome');
  for (const { node, only, onlyAgainst } of against.nodes.slice(0, MOST_NODES)) {
    screen.line(`  ${node}`);
    for (const { at, text } of onlyAgainst) screen.columns(`    - ${utc(at)}  `, text, 'bad');
    for (const { at, text } of only) screen.columns(`    + ${utc(at)}  `, text, 'good');
  }
  const left = against.nodes.length - MOST_NODES;
  if (left > 0) screen.line(`  ${left} more nodes; --json has them all`);
}

function showTimeline({ result: { remediations } }: Replayed, screen: Screen): void {
  screen.line();
  screen.line(screen.paint('strong', 'Timeline'));
  for (const remediation of remediations.slice(0, MOST_LINES)) {
    const { rule = '', nodes = [remediation.node ?? ''] } = remediation;
    const { at, text } = lineOf(remediation);
    screen.columns(`  ${utc(at)}  `, `${nodes.join(', ')}  ${rule}: ${text}`);
  }
  const left = remediations.length - MOST_LINES;
  if (left > 0) screen.line(`  ${left} more remediations; --json has them all`);
}

function utc(iso: string): string {
  return timeIn('UTC', iso).replace(/:\d\d \+00:00$/, ' UTC');
}

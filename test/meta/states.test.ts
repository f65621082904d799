import { describe, expect, test } from 'vitest';
import { type Phase, phases, stateIn } from '#lib/ledger/phase';
import { transitions } from '#lib/remediation/lifecycle/transitions';
import { beginnings } from '#lib/remediation/record/open';
import { sourceFiles } from './source-files.ts';

type Move = readonly [from: readonly Phase[], to: readonly Phase[]];

const all = Object.entries(transitions).map(([name, { who, what, moves }]) => ({
  name,
  who,
  what,
  moves: moves as readonly Move[],
}));

/** Each single step from one phase into another. */
const steps = all.flatMap(({ name, moves }) =>
  moves.flatMap(([from, to]) => from.flatMap((one) => to.map((other) => ({ name, from: one, to: other })))),
);
const ways = steps.filter(({ from, to }) => from !== to);

/** The places that make a transition: a literal, or a call of the one function that makes it. */
const MADE = /\bby: '([\w-]+)'|\btransition\(\s*[^,]+,\s*'([\w-]+)'/g;

/** These three are drawn as one where a way leads from each of them. */
const TO_DECIDE: readonly Phase[] = ['undecided', 'waiting', 'calling'];

const id = (phase: string) => phase.replaceAll('-', '_');

function drawn(): string[] {
  const grouped = Map.groupBy(ways, ({ name, to }) => `${name} ${to}`);
  const arrows = [...grouped.values()].flatMap((some) => {
    const sources = some.map(({ from }) => from as string);
    const isOfAll = TO_DECIDE.every((phase) => sources.includes(phase) || phase === some[0]!.to);
    const left = isOfAll ? sources.filter((from) => !TO_DECIDE.some((phase) => phase === from)) : sources;
    return [...(isOfAll ? ['to_decide'] : []), ...left].map((from) => ({ ...some[0]!, from: id(from) }));
  });
  const lines = Map.groupBy(arrows, ({ from, to }) => `  ${from} --> ${id(to)}`);
  return [...lines].map(
    ([line, some]) => `${line}: ${[...new Set(some.map(({ name }) => name))].join(', ')}`,
  );
}

function rows(): string[] {
  return all
    .filter(({ name }) => name !== 'note')
    .map(({ name, who, what, moves }) => {
      const moving = moves.flatMap(([from, to]) => {
        const others = to.filter((phase) => from.length > 1 || phase !== from[0]);
        return others.length === 0 ? [] : [`${from.join(', ')} → ${others.join(', ')}`];
      });
      return `| \`${name}\` | ${moving.join('; ')} | ${what} | ${who} |`;
    });
}

function page(): string {
  return withAlignedTables([
    '# The states of a remediation',
    '',
    '`lib/remediation/lifecycle/transitions.ts` has every way from one phase into another; this page is made from it, by',
    '`npx vitest run --project unit test/meta/states.test.ts -u`. Only the functions of this room make a transition; another way does not',
    'compile, and a write of it fails.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  state "to decide" as to_decide {',
    ...TO_DECIDE.map((phase) => `    ${id(phase)}`),
    '  }',
    ...beginnings.map((phase) => `  [*] --> ${id(phase)}`),
    ...drawn(),
    '```',
    '',
    '| transition | from → to | what has happened | who writes it |',
    '| --- | --- | --- | --- |',
    ...rows(),
    '',
    'Evidence, notices, sweeps and the like are written down without a change of the phase (`note`).',
    '',
    '## Phases and states',
    '',
    'People, notices and the indexes know a phase by its state.',
    '',
    '| phase | state |',
    '| --- | --- |',
    ...phases.map((phase) => {
      const states = new Set([stateIn(phase, 'undecided'), stateIn(phase, 'running')]);
      return `| \`${phase}\` | ${[...states].map((state) => `\`${state}\``).join(' or ')} |`;
    }),
    '',
  ]).join('\n');
}

/** Tables as the formatter of the project writes them. */
function withAlignedTables(lines: readonly string[]): string[] {
  const tables: string[][] = [];
  for (const [index, line] of lines.entries())
    if (line.startsWith('|') && lines[index - 1]?.startsWith('|')) tables.at(-1)!.push(line);
    else tables.push([line]);
  return tables.flatMap((table) => (table.length > 1 ? aligned(table) : table));
}

function aligned(table: readonly string[]): string[] {
  const cells = table.map((line) => line.slice(2, -2).split(' | '));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => {
    const padded = row.map((cell, column) =>
      cell === '---' ? '-'.repeat(widths[column]!) : cell.padEnd(widths[column]!),
    );
    return `| ${padded.join(' | ')} |`;
  });
}

describe('the states of a remediation', () => {
  test('are drawn and listed in docs/reference/states.md as the transitions have them', async () => {
    await expect(page()).toMatchFileSnapshot('../../docs/reference/states.md');
  });

  test('can all be entered, and all except final ones can be left', () => {
    const reached = new Set<Phase>(beginnings);
    for (const _ of phases) for (const { from, to } of ways) if (reached.has(from)) reached.add(to);
    expect(phases.filter((phase) => !reached.has(phase))).toEqual([]);
    const left = new Set(ways.map(({ from }) => from));
    expect(phases.filter((phase) => !left.has(phase))).toEqual(['failed', 'escalated', 'rejected']);
  });

  test('are left to a person wherever they may end in silence: one may have to see to a target', () => {
    const quiet = steps.filter(
      ({ from, to }) => from !== to && ['succeeded', 'skipped', 'failed'].includes(to),
    );
    const isLeft = (step: (typeof steps)[number]) =>
      steps.some(({ name, from, to }) => name === step.name && from === step.from && to === 'needs-human');
    // Observed remediations send no notices.
    expect(quiet.filter((step) => !isLeft(step) && step.from !== 'observed')).toEqual([]);
  });

  test('are changed by transitions that only a function of the room makes', () => {
    // The sample rules say who approves plans.
    const files = sourceFiles('functions', 'lib').filter(({ file }) => !file.startsWith('lib/warm-up/'));
    const made = files.flatMap(({ file, text }) =>
      Array.from(text.matchAll(MADE), ([, by, name]) => ({ file, name: by ?? name })),
    );
    expect(made.filter(({ file }) => !file.startsWith('lib/remediation/lifecycle/'))).toEqual([]);
    expect([...new Set(made.map(({ name }) => name))].toSorted()).toEqual(
      all.map(({ name }) => name).toSorted(),
    );
  });
});

import type { ColdStart } from '../cold/cold-start.ts';
import { largestParts } from '../cold/sizes-of-parts.ts';
import type { Measurements } from '../measure.ts';
import { number, spread, table, times } from './markdown.ts';

/** Cold starts, first events on a share of a CPU, and bundles. */
export function coldPage({ cold, shares, built, size }: Measurements): string {
  const bare = cold.find(({ name }) => name === 'bare');
  const rows = cold.map((row) => [
    `\`${row.name}\``,
    String(row.KB),
    spread(row.init),
    spread(row.first),
    spread(row.second),
    spread(row.total),
    times(row.total.median / (bare?.total.median ?? Number.NaN)),
    number(row.totalCpu.median),
    times(row.totalCpu.median / (bare?.totalCpu.median ?? Number.NaN)),
    String(row.requests),
  ]);
  return `## Cold start

Each row is a fresh process: Node.js starts, the bundle loads, and the function handles its first and its second event. Milliseconds;
medians with quartiles of ${size.coldRuns} interleaved runs. \`total\` goes from the start of the process to the first handled event, and
\`CPU\` is the CPU time of all of that, which other processes on the machine disturb less. \`requests\` are those of the first event.

${table(
  [
    'function',
    'KB',
    'init',
    'first event',
    'second event',
    'total',
    '÷ bare',
    'CPU',
    'CPU ÷ bare',
    'requests',
  ],
  rows,
)}

${firstEvents(shares)}

### Bundles

The five largest parts of some bundles, minified, in KB.

${table(['bundle', 'KB', 'its largest parts'], built.filter(({ name }) => SHOWN.has(name)).map(partsRow))}`;
}

const SHOWN = new Set(['lean', 'typical', 'heavy', 'receive-alert', 'reset-nodes', 'poll-jobs', 'console']);

function partsRow(one: Measurements['built'][number]): string[] {
  const parts = largestParts(one, 5).map(({ part, bytes }) => `${part} ${number(bytes / 1024)}`);
  return [`\`${one.name}\``, number(one.bytes / 1024), parts.join(', ')];
}

function firstEvents(shares: Measurements['shares']): string {
  if (shares.length === 0) return 'This machine cannot tell a share of a CPU: only Linux can.';
  const rows = shares.map(({ name, first, ratio }) => [
    `\`${name}\``,
    ...Array.from(first.values(), spread),
    times(ratio.get(512) ?? Number.NaN),
    times(ratio.get(256) ?? Number.NaN),
  ]);
  return `### The first event on a share of a CPU

Lambda initialises a function on a whole CPU, and then gives it a share by its memory: 1,769 MB are one CPU. Here the process stops by
\`SIGSTOP\` once it has used its share of a period of 20 ms, and goes on by \`SIGCONT\` in the next period, as a control group would have
it. Milliseconds of the first event.

${table(['function', '1,769 MB', '512 MB', '256 MB', '512 MB ÷ whole', '256 MB ÷ whole'], rows)}`;
}

export function coldRow(cold: readonly ColdStart[], name: string): ColdStart {
  const found = cold.find((row) => row.name === name);
  if (!found) throw new Error(`${name} was not measured`);
  return found;
}

import type { Measurements } from '../measure.ts';
import { costOf } from '../units/prices.ts';
import type { Counted } from '../units/remediations.ts';
import { number, table } from './markdown.ts';

/** Requests, units and dollars of one remediation. */
export function unitsPage({ counted, hot, size }: Measurements): string {
  const { alone, atOnce, inTurn, inUse } = counted;
  const columns = [alone, atOnce, inTurn, inUse];
  const row = (name: string, read: (one: Counted) => number): string[] => [
    name,
    ...columns.map((one) => number(read(one) / one.remediations)),
  ];
  const ms = hotEventMs(hot);
  const dollars = (name: string, read: (cost: ReturnType<typeof costOf>) => number): string[] => [
    name,
    ...columns.map((one) => number(read(costOf(one, ms)) * 1000)),
  ];
  const kinds = Object.entries(alone.meter.byKind).toSorted(([, a], [, b]) => b - a);
  const perHour = Math.round(3_600_000 / size.inTurn.everyMs);
  return `## Requests and units of a remediation

Counted, from the alert to the healthy node, by the rules of DynamoDB: a write unit is 1 KB of an item, and of each entry in an index that
changes; a read unit is 4 KB. \`test/ledger/cost.test.ts\` limits them. The job takes six minutes. Pages of 500 nodes count as a GET each.
No workload ever ran in these pools, except in the last: there two kinds run, in two states, on other nodes.

${table(
  [
    'for one remediation',
    'alone',
    `${size.atOnce} in one post`,
    `${perHour} an hour, ${size.inTurn.nodes} nodes`,
    'the same, in use',
  ],
  [
    row('write units', ({ meter }) => meter.writeUnits),
    row('… of them in indexes', ({ meter }) => meter.indexUnits),
    row('read units', ({ meter }) => meter.readUnits),
    row('puts', ({ meter }) => meter.puts),
    row('gets', ({ meter }) => meter.gets),
    row('keys in batches', ({ meter }) => meter.keys),
    row('queries', ({ meter }) => meter.queries),
    row('GETs of jobs', ({ gets }) => gets.jobs),
    row('GETs of nodes', ({ gets }) => gets.nodes),
    row('GETs of workloads', ({ gets }) => gets.workloads),
    row('messages', ({ messages }) => messages),
    row('events', ({ invocations }) => invocations),
    dollars('$ per 1,000: table', ({ table: part }) => part),
    dollars('$ per 1,000: queues', ({ queues }) => queues),
    dollars('$ per 1,000: functions', ({ functions }) => functions),
    dollars('$ per 1,000', ({ total }) => total),
  ],
)}

Write units of one remediation alone, by the document: ${kinds.map(([kind, units]) => `${kind} ${units}`).join(', ')}.`;
}

/** The time of an event at 512 MB: the CPU time of a hot event, on the share that 512 MB have. */
export function hotEventMs(hot: Measurements['hot']): number {
  const events = hot.filter(({ name }) => ['receive-alert', 'reset-nodes', 'poll-jobs'].includes(name));
  const sum = events.reduce((total, { cpuMs }) => total + cpuMs.median, 0);
  return ((sum / events.length) * 1769) / 512;
}

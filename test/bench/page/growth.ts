import type { ListCost } from '../growth/lists.ts';
import type { Measurements } from '../measure.ts';
import { number, table, times } from './markdown.ts';
import { type Curve } from './svg.ts';

/** The curves, by the names of their files in docs/design/performance/. */
export function curvesOf({ growth }: Measurements): Record<string, Curve> {
  return {
    nodes: {
      title: 'CPU of one remediation, by the nodes of its pool',
      x: 'nodes',
      y: 'ms',
      logarithmic: true,
      points: growth.byNodes.map(({ nodes, cpuMs }) => [nodes, cpuMs]),
    },
    rules: {
      title: 'Finding the rule of an alert, by the number of rules',
      x: 'rules',
      y: 'µs',
      logarithmic: true,
      points: growth.byRules.map(({ rules, matchUs }) => [rules, matchUs]),
    },
    day: {
      title: 'Write units of a remediation, after so many others',
      x: 'remediations before',
      y: 'write units',
      points: growth.day.map(({ after, writeUnits }) => [after, writeUnits]),
    },
    memory: {
      title: 'Heap of poll-jobs after so many events',
      x: 'events',
      y: 'MB',
      points: growth.memory.map(({ events, heapMb }) => [events, heapMb]),
    },
  };
}

/** How costs grow with the pool, the rules, the day and the life of a process; and the whole system on one machine. */
export function growthPage(measured: Measurements): string {
  const { growth, following, posted } = measured;
  const { byNodes, byReading, byRules, windowUs, day, memory, byLedger } = growth;
  const pictures = Object.entries(curvesOf(measured)).map(
    ([name, { title }]) => `![${title}](performance/${name}.svg)`,
  );
  const [least] = byNodes;
  const [leastRead] = byReading;
  const [first, last] = [memory[0], memory.at(-1)];
  return `## Growth

One remediation in pools of each size, all of its events, on a ledger and an API in memory:

${table(
  ['nodes', 'CPU ms', '÷ smallest', 'write units', 'read units'],
  byNodes.map(({ nodes, cpuMs, writeUnits, readUnits }) => [
    number(nodes),
    number(cpuMs),
    times(cpuMs / (least?.cpuMs ?? Number.NaN)),
    number(writeUnits),
    number(readUnits),
  ]),
)}

A hot event of \`reset-nodes\` that reads the pool over HTTP; the simulator has at most 2,000 nodes in a pool:

${table(
  ['nodes', 'CPU ms', '÷ smallest'],
  byReading.map(({ nodes, cpuMs }) => [
    number(nodes),
    number(cpuMs),
    times(cpuMs / (leastRead?.cpuMs ?? Number.NaN)),
  ]),
)}

Rules that differ in one label, the matching one last. A bundle has the rules if its function asks them anything.

${table(
  ['rules', 'to find the rule, µs', '`receive-alert`, KB', '`reset-nodes`, KB'],
  byRules.map(({ rules, matchUs, receiveKB, resetKB }) => [
    number(rules),
    number(matchUs),
    number(receiveKB),
    number(resetKB),
  ]),
)}

To see that a weekly window is closed, and when it opens, takes ${number(windowUs)} µs.

Remediations one after another at the rate of 20,000 a day, on one ledger and one pool, of ${number(day.at(-1)?.after ?? 0)} in all. The
first of them end after nine minutes, which is after some 125 others: until then a remediation is charged for a part of its work.

${table(
  ['after', 'write units', 'read units', 'CPU ms'],
  day.map(({ after, writeUnits, readUnits, cpuMs }) => [
    number(after),
    number(writeUnits),
    number(readUnits),
    number(cpuMs),
  ]),
)}

Requests of DynamoDB for the first page of each list, on ledgers of a month with so many remediations and as many deliveries; in brackets
the read units. A page has at most 50 entries. A filter that few pass ends after 2,000 remediations, with a \`next\`, and statistics after
some 20,000.

${table(
  ['list', ...byLedger.map(({ remediations }) => number(remediations))],
  Object.keys(byLedger[0]?.lists ?? {}).map((list) => [
    `\`${list}\``,
    ...byLedger.map(({ lists }) => costText(lists[list])),
  ]),
)}

The heap of \`poll-jobs\` had ${number(first?.heapMb ?? 0)} MB after ${number(first?.events ?? 0)} events, and ${number(last?.heapMb ?? 0)} MB after
${number(last?.events ?? 0)}.

${pictures.join('\n')}

## Following jobs

GETs of the list of jobs for one remediation whose job takes six minutes. Poolkeeper first asks after 90 seconds, and then
every 30 seconds, at times that all jobs of a pool share.

${table(
  ['remediations an hour', 'GETs each'],
  following.map(({ perHour, gets }) => [number(perHour), number(gets)]),
)}

## The local system

\`npm start\`'s system under posts of new alerts, eight at once: functions, stand-ins and simulator on this one machine, while the functions
already work on what was accepted.

${table(
  ['alerts in a post', 'posts', 'alerts/s', 'answers that are no 202'],
  posted.map(({ alerts, posts, perSecond, refused }) => [
    number(alerts),
    number(posts),
    number(perSecond),
    number(refused),
  ]),
)}`;
}

function costText(cost: ListCost | undefined): string {
  return cost ? `${number(cost.requests)} (${number(cost.readUnits)})` : '';
}

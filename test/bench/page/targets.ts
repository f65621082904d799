import { largestParts } from '../cold/sizes-of-parts.ts';
import { type Measurements, NOT_WARMED } from '../measure.ts';
import { costOf } from '../units/prices.ts';
import type { Counted } from '../units/remediations.ts';
import { coldRow } from './cold.ts';
import { number, table } from './markdown.ts';
import { hotEventMs } from './units.ts';

/** Each target beside the figure of this run. */
export function targetsPage(measured: Measurements): string {
  const { cold, shares, hot, built, counted, growth, accepting, posted, idle } = measured;
  const [bare, heavy, reset, before] = ['bare', 'heavy', 'reset-nodes', `reset-nodes ${NOT_WARMED}`].map(
    (name) => coldRow(cold, name),
  );
  const hotReset = hot.find(({ name }) => name === 'reset-nodes')?.cpuMs.median ?? Number.NaN;
  const throttled = shares.find(({ name }) => name === 'reset-nodes')?.ratio.get(256) ?? Number.NaN;
  const kb = (name: string): number => (built.find((one) => one.name === name)?.bytes ?? 0) / 1024;
  const each = (read: (one: Counted) => number): string =>
    [counted.alone, counted.atOnce, counted.inTurn]
      .map((one) => number(read(one) / one.remediations))
      .join(' / ');
  const dollars = [counted.alone, counted.atOnce, counted.inTurn].map((one) =>
    number(costOf(one, hotEventMs(hot)).total * 1000),
  );
  const [single, group] = accepting;
  const [few, , many] = growth.byRules;
  const [smallest, largest] = [growth.byNodes[0], growth.byNodes.at(-1)];
  const { meter } = counted.alone;
  const cpu = (row: typeof reset): number => row?.totalCpu.median ?? Number.NaN;
  const hundred = posted.at(-1);
  const rows: string[][] = [
    ['`reset-nodes` cold, CPU ÷ bare', '≤ 2.5', number(cpu(reset) / cpu(bare))],
    ['its first event ÷ its own hot event, CPU', '≤ 4', number((reset?.firstCpu.median ?? 0) / hotReset)],
    ['… at 256 MB ÷ full CPU', '≤ 2', number(throttled)],
    [
      '… initialisation ÷ that without a warm-up, CPU',
      '≤ 1.3',
      number((reset?.initCpu.median ?? 0) / (before?.initCpu.median ?? 1)),
    ],
    ['heavy peer cold ÷ ours, CPU', '≥ 2.5', number(cpu(heavy) / cpu(reset))],
    [
      'bundles, KB: `reset-nodes` / `console`',
      '≤ 350 / ≤ 220',
      `${number(kb('reset-nodes'))} / ${number(kb('console'))}`,
    ],
    [
      'write units: alone / in one post / 600 an hour',
      '≤ 60 / ≤ 40 / ≤ 60',
      each((one) => one.meter.writeUnits),
    ],
    [
      'requests for an accepted alert: single / in a group',
      '≤ 3',
      `${number(single?.requests ?? 0)} / ${number(group?.requests ?? 0)}`,
    ],
    ['reads (gets, keys and queries), alone', '≤ 25', number(meter.gets + meter.keys + meter.queries)],
    ['$ per 1,000 remediations', '≤ 0.06', dollars.join(' / ')],
    [
      '$ a month without an event',
      '≤ 3',
      number(idle.alarmDollars + idle.queueDollars + idle.functionDollars + idle.tableDollars),
    ],
    [
      'GETs of ModelArts at 600 an hour: without any workload / in use / of jobs',
      '≤ 1 / ≤ 0.25',
      `${number(getsOf(counted.inTurn))} / ${number(getsOf(counted.inUse))} / ${number(counted.inTurn.gets.jobs / counted.inTurn.remediations)}`,
    ],
    [
      'alert to call when hot, CPU ms of `receive-alert` and `reset-nodes`',
      '≤ 10',
      number((single?.cpuMs ?? 0) + hotReset),
    ],
    [
      'CPU of an accepted alert ÷ its requests by hand',
      '≤ 1.1',
      number((single?.cpuMs ?? 0) / (single?.byHandCpuMs ?? 1)),
    ],
    [
      'alerts/s of one CPU: single / groups of 100',
      '≥ 600 / ≥ 3,000',
      `${number(single?.perSecond ?? 0)} / ${number(group?.perSecond ?? 0)}`,
    ],
    [
      'local system, posts of 100: alerts/s / failures',
      '≥ 150 / 0',
      `${number(hundred?.perSecond ?? 0)} / ${number(hundred?.refused ?? 0)}`,
    ],
    ['a reset with 10,000 nodes ÷ with 8', '≤ 4', number((largest?.cpuMs ?? 0) / (smallest?.cpuMs ?? 1))],
    ['matching 1,000 rules ÷ 10', '≤ 5', number((many?.matchUs ?? 0) / (few?.matchUs ?? 1))],
    ['to see that a window is closed, ms', '≤ 1', number(growth.windowUs / 1000)],
  ];
  const moved = (before?.firstCpu.median ?? 0) - (reset?.firstCpu.median ?? 0);
  const added = (reset?.initCpu.median ?? 0) - (before?.initCpu.median ?? 0);
  const share = (0.3 * (before?.initCpu.median ?? 0)) / added;
  const parts = largestParts(built.find(({ name }) => name === 'reset-nodes') ?? built[0]!, 2);
  return `## Targets

${table(['', 'target', 'this run'], rows)}

Where a target is missed, and why:

- **Initialisation, cold starts and the first event** pull in different directions. A warm-up makes no work disappear: it moves work from
  the first event, which has a share of a CPU, to initialisation, which has a whole one. At 512 MB a millisecond that moves saves 2.5, at
  256 MB 5.9. The warm-up of \`reset-nodes\` takes ${number(moved)} ms out of the first event and adds ${number(added)} ms to
  initialisation. Until the first event is handled, CPU time on the share of 512 MB is ${number(until(before))} ms without it and ${number(until(reset))} ms with it.
  An initialisation of 1.3 × has room for ${number(share * 100)} % of that, which leaves a first event of some ${number(((before?.firstCpu.median ?? 0) - moved * share) / hotReset)} × a hot one.
- **256 MB ÷ full CPU**: an event that is all CPU takes 6.9 × as long on a share of 0.145. Only an event that mostly waits reaches 2.
- **Bundles**: the largest parts of \`reset-nodes\` are ${parts.map(({ part, bytes }) => `${part} (${number(bytes / 1024)} KB)`).join(' and ')}.
- **Requests for a single alert**: five go to the ledger and one to a queue. The alert is read once, with all that it has led to. The remediation
  and the episode of the alert are a conditional write each, against a copy of the delivery and against a resolution at the same moment: no
  batch has a condition, and a transaction charges each item twice. The history of the node is written before the command is on its queue,
  and the journal after that, with the answer to the sender. Alerts in a group share all but the two conditional writes.
- **GETs of ModelArts**: two are the two pages of 1,000 nodes, which are read again right before each call. The rest prove that no workload
  runs on the node. An empty list is no proof, because no page says that a list without a kind and a status has all of them. In a pool
  without any workload the API's own counts confirm three of the four kinds, and the fourth is asked for in each of its five states, all
  of it twice. Commands that follow within twelve seconds share this, and each reads the plain list twice. In a pool in use the list itself
  shows that it is not limited.
- **A month without an event** is alarms and the long polls of queues. An alarm for the errors of each function, and one for the oldest
  message of each queue, are the cheapest form of that promise: CloudWatch charges an alarm on several metrics for each of them.
- **Times by the clock and alerts per second** are those of a machine that others used at the same time: compare within this page.`;
}

/** Milliseconds until the first event is handled: initialisation on a whole CPU, and the event on the share of 512 MB. */
function until(row: ReturnType<typeof coldRow> | undefined): number {
  return (row?.initCpu.median ?? Number.NaN) + ((row?.firstCpu.median ?? Number.NaN) * 1769) / 512;
}

/** The GETs of one remediation. */
function getsOf({ gets, remediations }: Counted): number {
  return Object.values(gets).reduce((sum, one) => sum + one, 0) / remediations;
}

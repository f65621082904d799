import type { Measurements } from '../measure.ts';
import type { PartTime } from '../profile/profile.ts';
import { costOf, prices } from '../units/prices.ts';
import { number, table } from './markdown.ts';
import { hotEventMs } from './units.ts';

/** The remaining costs: in time, by the profile, and in money, beside the alternatives. */
export function costsPage(measured: Measurements): string {
  return `${timePage(measured)}\n\n${moneyPage(measured)}`;
}

function rows(parts: readonly PartTime[] = []): string[][] {
  return parts.slice(0, 6).map(({ part, ms, share }) => [part, number(ms), `${number(share * 100)} %`]);
}

function timePage({ profiles }: Measurements): string {
  return `## Where the time goes

CPU profiles of \`reset-nodes\`: time in the functions of each part themselves. The profiler makes everything slower, so the shares count.

The first event of a warmed process:

${table(['part', 'ms', 'share'], rows(profiles?.first))}

A hot event:

${table(['part', 'ms', 'share'], rows(profiles?.hot))}

The three largest costs that remain:

1. **Requests.** Most of "Node.js itself" is sockets, HTTP and TLS: an event of \`reset-nodes\` makes as many requests as the table of cold
   starts says. The first event in a pool without any workload asks for the workloads of one kind in each state, and for their counts, twice:
   an empty list is no proof. Events that follow within seconds share this.
2. **zod.** Every document, reply and message is checked against a schema. Most of the initialisation builds these schemas.
3. **First use.** The warm-up cannot open connections of the network, and only a real pool with its real nodes runs some code often
   enough to be compiled.`;
}

/** To judge, hold, claim, call, record, settle, release and tell. */
const STEPS = 8;

function moneyPage({ counted, hot, idle, accepting }: Measurements): string {
  const { alone, atOnce, inTurn } = counted;
  const ms = hotEventMs(hot);
  const one = costOf(alone, ms);
  const [single] = accepting;
  const alertMs = ((single?.cpuMs ?? Number.NaN) * 1769) / 512;
  const alertFunction = prices.functionRequest + (alertMs / 1000) * 0.5 * prices.functionGbSecond;
  const { writeUnits, readUnits } = counted.alert;
  const alertTable = writeUnits * prices.writeUnit + readUnits * prices.readUnit;
  const alert = prices.httpRequest + alertFunction + alertTable;
  const looks = Math.round(alone.gets.jobs);
  const transitions = STEPS + 3 * looks;
  const steps = transitions * prices.stateTransition;
  const operations = STEPS + 2 * looks;
  const durable = operations * (prices.durableOperation + prices.durableKb);
  const idleDollars = idle.alarmDollars + idle.queueDollars + idle.functionDollars + idle.tableDollars;
  return `## Money

Public prices in us-east-1, on demand, without free tiers: a million write units ${perMillion(prices.writeUnit)} $, read units
${perMillion(prices.readUnit)} $, requests of SQS ${perMillion(prices.queueRequest)} $, of Lambda ${perMillion(prices.functionRequest)} $, of the HTTP API
${perMillion(prices.httpRequest)} $; a GB-second of Lambda on arm64 ${prices.functionGbSecond} $. \`test/bench/units/prices.ts\` has them with their pages.

| $ | | from |
| --- | ---: | --- |
| 1,000 accepted alerts | ${perThousand(alert)} | 1 request of the HTTP API, 1 of Lambda, ${number(alertMs)} ms at 512 MB, ${writeUnits} write units, ${readUnits} read units |
| 1,000 remediations, alone | ${perThousand(one.total)} | ${units(alone)} |
| 1,000 remediations, ${atOnce.remediations} in a post | ${perThousand(costOf(atOnce, ms).total)} | ${units(atOnce)} |
| 1,000 remediations, 600 an hour on 1,000 nodes | ${perThousand(costOf(inTurn, ms).total)} | ${units(inTurn)} |
| a month without an event | ${number(idleDollars)} | ${idle.alarms} alarms ${number(idle.alarmDollars)}, ${idle.polledQueues} polled queues × 15 requests a minute ${number(idle.queueDollars)}, ${number(idle.scheduled)} scheduled events ${number(idle.functionDollars + idle.tableDollars)} |

An event takes ${number(ms)} ms at 512 MB: the CPU time of a hot event on a share of 0.29. A message of SQS is three requests.

The same work elsewhere, for 1,000 remediations, without the table that must keep budgets and histories in every case:

| | $ per 1,000 | from |
| --- | ---: | --- |
| Step Functions, standard | ${perThousand(steps)} | ${STEPS} steps and ${looks} looks of a wait, a task and a choice: ${transitions} transitions at 25 $ a million |
| Lambda durable functions | ${perThousand(durable)} | ${STEPS} steps and ${looks} looks of a wait and a step: ${operations} operations at 8 $ a million, with 1 KB each at 0.25 $ a GB |
| Poolkeeper's queues, which do that part here | ${perThousand(one.queues)} | ${alone.messages} messages × 3 requests |

Neither shares one look among the jobs of a pool: at 600 remediations an hour Poolkeeper asks ${number(inTurn.gets.jobs / inTurn.remediations)} times for each,
and a workflow for each remediation asks ${looks} times.`;
}

/** Exactly, as the price lists say. */
function perMillion(dollars: number): string {
  return String(Number((dollars * 1e6).toFixed(6)));
}

function perThousand(dollars: number): string {
  return number(dollars * 1000);
}

function units({ meter, messages, remediations }: Measurements['counted']['alone']): string {
  const each = (value: number): string => number(value / remediations);
  return `${each(meter.writeUnits)} write units, ${each(meter.readUnits)} read units, ${each(messages)} messages`;
}

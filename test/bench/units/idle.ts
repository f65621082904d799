import { resources, service } from '#test/meta/serverless-declaration';
import { prices } from './prices.ts';

/** The costs of a deployment in a month without events, in dollars, and their counts. */
export type Idle = {
  alarms: number;
  polledQueues: number;
  scheduled: number;
  alarmDollars: number;
  queueDollars: number;
  functionDollars: number;
  tableDollars: number;
};

const MINUTES_OF_A_MONTH = 30 * 24 * 60;

/** Lambda keeps five long polls of 20 seconds on a queue that is empty (docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). */
const POLLS_OF_A_MINUTE = 15;

/** Counts them in the declared stack. The free tiers of AWS, which would cover most of it, are left out. */
export function countIdle(): Idle {
  const alarms = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length;
  const events: Record<string, any>[] = Object.values<any>(service['functions']).flatMap(
    ({ events: all = [] }) => all,
  );
  const polledQueues = events.filter((event) => 'sqs' in event).length;
  const perMonth = events.flatMap(({ schedule }) => {
    const [, every, unit] = /rate\((\d+) (minute|hour)/.exec(JSON.stringify(schedule ?? '')) ?? [];
    return every === undefined ? [] : [MINUTES_OF_A_MONTH / (Number(every) * (unit === 'hour' ? 60 : 1))];
  });
  const scheduled = perMonth.reduce((sum, one) => sum + one, 0);
  return {
    alarms,
    polledQueues,
    scheduled,
    alarmDollars: alarms * prices.alarmMonth,
    queueDollars: polledQueues * POLLS_OF_A_MINUTE * MINUTES_OF_A_MONTH * prices.queueRequest,
    // A reading of an empty ledger takes some 100 ms at 512 MB, and five queries.
    functionDollars: scheduled * (prices.functionRequest + 0.05 * prices.functionGbSecond),
    tableDollars: scheduled * 5 * 0.5 * prices.readUnit,
  };
}

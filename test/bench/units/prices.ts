import type { Counted } from './remediations.ts';

/**
 * Public prices in US dollars, us-east-1, without any free tier, of November 2026:
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, /sqs/pricing/, /lambda/pricing/ (arm64), /step-functions/pricing/,
 * /cloudwatch/pricing/, /api-gateway/pricing/.
 */
export const prices = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  queueRequest: 0.4e-6,
  functionRequest: 0.2e-6,
  functionGbSecond: 0.0000133334,
  httpRequest: 1e-6,
  stateTransition: 25e-6,
  durableOperation: 8e-6,
  durableKb: 0.25 / 2 ** 20,
  alarmMonth: 0.1,
} as const;

/** Requests of SQS for a message: sent in a batch or alone, received, removed. */
const REQUESTS_OF_A_MESSAGE = 3;

/** Dollars of one remediation, by the service. */
export type Cost = { table: number; queues: number; functions: number; total: number };

/** @param msOfAnEvent how long a function works on one event, at 512 MB */
export function costOf({ meter, messages, invocations, remediations }: Counted, msOfAnEvent: number): Cost {
  const table = meter.writeUnits * prices.writeUnit + meter.readUnits * prices.readUnit;
  const queues = messages * REQUESTS_OF_A_MESSAGE * prices.queueRequest;
  const gbSeconds = (invocations * msOfAnEvent * 0.5) / 1000;
  const functions = invocations * prices.functionRequest + gbSeconds * prices.functionGbSecond;
  const each = (dollars: number): number => dollars / remediations;
  return {
    table: each(table),
    queues: each(queues),
    functions: each(functions),
    total: each(table + queues + functions),
  };
}

import type { Agent } from 'node:http';
import * as z from 'zod';
import { endpointOf } from './endpoint.ts';
import { type AwsAnswer, exchange } from './exchange.ts';
import { type AwsKey, signAws } from './sign.ts';

export type AwsServiceOptions = {
  region: string;
  /** The key of the role that asks. */
  key: AwsKey;
  /** Milliseconds since the epoch. A signature has the time. */
  now: () => number;
  /** Only for the local stand-ins. AWS needs none. */
  endpoint?: string;
  /** Has the connections, if they are others than the process's own. */
  agent?: Agent;
  /** Waits before a call or the rest of a batch is sent again: for the `attempt`th time, from 1. */
  backoff?: (attempt: number) => Promise<void>;
};

/** The services, with the target prefix and the media type of their JSON protocol. */
const SERVICES = {
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  ssm: { target: 'AmazonSSM', contentType: 'application/x-amz-json-1.1' },
} as const;

/** Limit of the tries of one call. */
const ATTEMPTS = 6;

/** Codes of refusals with a status of 400 that pass (docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html). */
const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|TransactionInProgress|RequestTimeout/;

/** The words of a refusal. The part of the code before `#` names the service. */
const Refusal = z.looseObject({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

const Payload = z.record(z.string(), z.unknown());

/** A call of an AWS service failed, for good or after all tries. `code`: the service's own, if it has answered. */
export class AwsCallError extends Error {
  override name = 'AwsCallError';
  readonly code: string | undefined;

  constructor(message: string, { code, cause }: { code?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause });
    this.code = code;
  }
}

/** Calls an operation, and returns the payload of its answer. */
export type JsonCall = (
  operation: string,
  payload: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

/**
 * Calls operations of one AWS service. It repeats what is throttled, what ends with a status of 5xx and what has no answer, with pauses:
 * an operation may have been done before its answer was lost. It throws a remaining failure as an AwsCallError.
 */
export function createJsonCall(
  service: keyof typeof SERVICES,
  { region, endpoint, key, now, agent, backoff }: AwsServiceOptions,
): JsonCall {
  const { target, contentType } = SERVICES[service];
  const url = new URL(endpoint ?? endpointOf(service, region));

  return async function call(operation, payload) {
    const body = JSON.stringify(payload);
    const fixed = { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` };
    for (let attempt = 1; ; attempt += 1) {
      const headers = signAws({ service, region, url, headers: fixed, body }, key, now());
      const answer = await exchange(url, headers, body, agent).catch((cause: unknown) => ({ cause }));
      if ('status' in answer && answer.status === 200) return Payload.parse(JSON.parse(answer.body));
      const failure = failureOf(answer);
      if (attempt === ATTEMPTS || !failure.passes) {
        throw new AwsCallError(`${target}.${operation} failed: ${failure.facts}`, failure);
      }
      await backoff?.(attempt);
    }
  };
}

type Failure = { facts: string; passes: boolean; code?: string | undefined; cause?: unknown };

function failureOf(answer: AwsAnswer | { cause: unknown }): Failure {
  if ('cause' in answer) {
    const { cause } = answer;
    return { facts: factsOf(cause), passes: true, cause };
  }
  const { status, body } = answer;
  const { __type: type, message, Message = message } = refusalIn(body);
  const code = type?.split('#').at(-1);
  const facts = [status, code, Message].filter((fact) => fact !== undefined).join(' ');
  return { facts, code, passes: status >= 500 || status === 429 || PASSING.test(code ?? '') };
}

function refusalIn(body: string): z.output<typeof Refusal> {
  try {
    return Refusal.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {};
  }
}

/** The code of a failed connection, such as ECONNREFUSED. Node.js gives several addresses' failures no message of their own. */
function factsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message.includes(code) ? cause.message : `${code} ${cause.message}`.trim();
}

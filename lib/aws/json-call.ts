import awsLite from '@aws-lite/client';
import * as z from 'zod';
import { once } from '#lib/once';

export type AwsServiceOptions = {
  region: string;
  /** Only for the local stand-ins. AWS needs none. */
  endpoint?: string;
  /** Waits before it asks for the rest of a batch again: for the `attempt`th time, from 1. */
  backoff?: (attempt: number) => Promise<void>;
};

/** The services without a plugin of their own, with the target prefix and the media type of their JSON protocol. */
const SERVICES = {
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  ssm: { target: 'AmazonSSM', contentType: 'application/x-amz-json-1.1' },
} as const;

/** The client's facts about a failed call: the answer's status and the service's own code, if there was an answer. */
const Failure = z.looseObject({
  statusCode: z.number().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});

/** A call of an AWS service failed, for good or after all tries. */
export class AwsCallError extends Error {
  override name = 'AwsCallError';
}

/**
 * Calls operations of one AWS service with the credentials of the environment, and returns the answer's payload. The client
 * retries throttling, 5xx and connection failures with backoff. A remaining failure is thrown as an AwsCallError.
 */
export function createJsonCall(service: keyof typeof SERVICES, { region, endpoint }: AwsServiceOptions) {
  const { target, contentType } = SERVICES[service];
  // At the first call: a function has more queues than most of its invocations use.
  const client = once(() => awsLite({ region, keepAlive: true, ...(endpoint && { endpoint }) }));

  return async function call(
    operation: string,
    payload: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const aws = await client();
    try {
      const answer = await aws({
        service,
        method: 'POST',
        path: '/',
        headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': contentType },
        // Otherwise the client would treat the media type as a sign of DynamoDB's attribute values.
        awsjson: false,
        payload: JSON.stringify(payload),
      });
      return answer.payload;
    } catch (cause) {
      const { statusCode, code, message } = Failure.safeParse(cause).data ?? {};
      const facts = [statusCode, code, message].filter((fact) => fact !== undefined).join(' ');
      throw new AwsCallError(`${target}.${operation} failed: ${facts}`, { cause });
    }
  };
}

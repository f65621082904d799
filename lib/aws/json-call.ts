import awsLite from '@aws-lite/client';

export type AwsServiceOptions = {
  region: string;
  /** Only where the service is not AWS's own: the local stand-ins. */
  endpoint?: string;
};

/** The services without a plugin of their own, with the target prefix and the media type of their JSON protocol. */
const SERVICES = {
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  ssm: { target: 'AmazonSSM', contentType: 'application/x-amz-json-1.1' },
} as const;

/**
 * Calls operations of one AWS service with the credentials of the environment, and gives the answer's payload. Throttling,
 * 5xx and connection failures are tried again with backoff by the client; what still fails is thrown.
 */
export function createJsonCall(service: keyof typeof SERVICES, { region, endpoint }: AwsServiceOptions) {
  const { target, contentType } = SERVICES[service];
  const client = awsLite({ region, keepAlive: true, ...(endpoint && { endpoint }) });

  return async function call(
    operation: string,
    payload: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const aws = await client;
    const answer = await aws({
      service,
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': contentType },
      // The client would otherwise take the media type for a sign of DynamoDB's attribute values.
      awsjson: false,
      payload: JSON.stringify(payload),
    });
    return answer.payload;
  };
}

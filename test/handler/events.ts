import type { APIGatewayProxyEventV2, Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { vi } from 'vitest';

/** A request as API Gateway's HTTP API hands it over, payload format 2.0. */
export function httpEvent(
  routeKey: string,
  { body, headers = {}, ...more }: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 {
  const [method = 'GET', path = '/'] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'abc.execute-api.eu-central-1.amazonaws.com', ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc',
      domainName: 'abc.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'Alertmanager/0.28' },
      requestId: 'api-request-1',
      routeKey,
      stage: '$default',
      time: '20/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.parse('2026-11-20T10:00:00Z'),
    },
    isBase64Encoded: false,
    ...(body !== undefined && { body }),
    ...more,
  };
}

/** A batch as the event source mapping of an SQS queue hands it over. */
export function sqsEvent(...records: Partial<SQSRecord>[]): SQSEvent {
  return {
    Records: records.map((record, index) => ({
      messageId: `message-${index + 1}`,
      receiptHandle: `receipt-${index + 1}`,
      body: '{}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.parse('2026-11-20T10:00:00Z')),
        SenderId: 'AIDAEXAMPLE',
        ApproximateFirstReceiveTimestamp: String(Date.parse('2026-11-20T10:00:01Z')),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:work',
      awsRegion: 'eu-central-1',
      ...record,
    })),
  };
}

/** What Lambda tells a function about its invocation. */
export function lambdaContext({ remainingMs = 10_000, requestId = 'request-1' } = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'poolkeeper-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:poolkeeper-test',
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: '/aws/lambda/poolkeeper-test',
    logStreamName: '2026/11/20/[$LATEST]0',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

/** Keeps what is logged from the console, and gives it back line by line. */
export function captureLog(): () => Record<string, any>[] {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return () => written.map((line) => JSON.parse(line));
}

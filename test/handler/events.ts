import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { vi } from 'vitest';

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

/** Lambda's facts for a function about its invocation. */
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

/** Keeps the log from the console, and returns it line by line. */
export function captureLog(): () => Record<string, any>[] {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return () => written.map((line) => JSON.parse(line));
}

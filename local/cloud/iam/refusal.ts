/** An answer that refuses a request. */
export type Refusal = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** DynamoDB refuses with 400 (DynamoDB API Reference, "Common errors"). */
export function dynamoDbRefusal(message: string): Refusal {
  return {
    statusCode: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: message }),
  };
}

/** SQS refuses with 403, and names the code of its older protocol in a header. */
export function sqsRefusal(message: string): Refusal {
  return {
    statusCode: 403,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': 'AccessDenied;Sender' },
    body: JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', message }),
  };
}

/** Systems Manager refuses with 400. */
export function ssmRefusal(message: string): Refusal {
  return {
    statusCode: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: 'AccessDeniedException', Message: message }),
  };
}

/** Lambda refuses with 403, and names the error in a header. */
export function lambdaRefusal(message: string): Refusal {
  return {
    statusCode: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' },
    body: JSON.stringify({ Message: message }),
  };
}

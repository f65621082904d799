import * as z from 'zod';
import type { InvocationResult } from '../functions/invocation.ts';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

const Structured = z.looseObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** An answer of API Gateway itself: a JSON object with a message. */
export const plainAnswer = (statusCode: number, message: string): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

/**
 * The HTTP answer for a function's result in payload format 2.0. A result with a `statusCode` is the answer itself; any other result
 * becomes the JSON body of a 200. An error of the function or an unreadable answer becomes a 500 without details.
 */
export function httpAnswer({ payload, functionError }: InvocationResult): HttpAnswer {
  const result: unknown = functionError ? undefined : JSON.parse(payload);
  if (result === undefined) return plainAnswer(500, 'Internal Server Error');
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : payload;
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const structured = Structured.safeParse(result);
  if (!structured.success) return plainAnswer(500, 'Internal Server Error');
  const { statusCode, headers, cookies, body, isBase64Encoded } = structured.data;
  const lowerCase = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    statusCode,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...Object.fromEntries(lowerCase),
      ...(cookies && { 'set-cookie': cookies }),
    },
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

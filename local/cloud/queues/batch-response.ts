import * as z from 'zod';
import type { InvocationResult } from '../functions/invocation.ts';

const BatchResponse = z
  .looseObject({ batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

/**
 * The messages of a batch that succeeded, and so can be deleted. The others become visible again after their visibility timeout.
 *
 * AWS's rules ("Implementing partial batch responses"): an error of the function fails the entire batch. If the mapping reports
 * batch item failures, a null or empty answer or list means that all messages succeeded; an unreadable answer, or one that names a
 * message outside of the batch, fails the entire batch.
 */
export function succeededMessageIds(
  messageIds: readonly string[],
  { payload, functionError }: InvocationResult,
  reportsBatchItemFailures: boolean,
): readonly string[] {
  if (functionError) return [];
  if (!reportsBatchItemFailures) return messageIds;
  const response = BatchResponse.safeParse(parseJson(payload));
  if (!response.success) return [];
  const failed = new Set(
    (response.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier),
  );
  if ([...failed].some((id) => !messageIds.includes(id))) return [];
  return messageIds.filter((id) => !failed.has(id));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

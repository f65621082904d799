import * as z from 'zod';
import type { InvocationResult } from '../functions/invocation.ts';

const BatchResponse = z
  .looseObject({ batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

/**
 * Which messages of a batch are done, and so may be deleted. The others become visible again when their visibility
 * timeout ends.
 *
 * By AWS's rules ("Implementing partial batch responses"): an error of the function fails the whole batch. Where the
 * mapping reports batch item failures, a null or empty answer or list means that all succeeded; an answer that cannot be
 * read, or that names a message which is not in the batch, fails the whole batch.
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

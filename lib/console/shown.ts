import { excerpt } from '#lib/bounds';
import { HttpProblem } from '#lib/handler/problem';
import { UnreadableDocumentError } from '#lib/ledger/change';
import { type ShownRemediation, showRemediation } from '#lib/ledger/listing/shown';
import type { Store } from '#lib/ledger/store';

/**
 * One remediation in the form of the HTTP API.
 *
 * @throws HttpProblem 404 for an unknown id, 500 with the reason for an unreadable document.
 */
export async function presentRemediation(store: Store, id: string): Promise<ShownRemediation> {
  const remediation = await showRemediation(store, id).catch((error: unknown) => {
    throw error instanceof UnreadableDocumentError ? unreadableRemediation(error) : error;
  });
  if (!remediation) throw unknownRemediation(id);
  return remediation;
}

/** The problem of an id that the ledger does not have. */
export function unknownRemediation(id: string): HttpProblem {
  return new HttpProblem(
    404,
    'Not Found',
    `The ledger has no remediation ${JSON.stringify(excerpt(id, 128))}`,
  );
}

/** A retry is no use: a person must correct or delete the document. */
function unreadableRemediation({ message }: UnreadableDocumentError): HttpProblem {
  return new HttpProblem(500, 'Internal Server Error', excerpt(message, 1000));
}

import { excerpt } from '#lib/bounds';
import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { MAX_WHY_CHARACTERS } from './entry.ts';
import { recordDelivery } from './record-delivery.ts';

/**
 * Reads a delivery. If it must refuse it, it writes the reason into the journal, because the sender throws the answer away.
 *
 * @param isRecorded whether a refusal is worth an entry.
 * @throws HttpProblem as `read` does.
 */
export async function recordRefusals<Value>(
  received: { source: string; sender?: string; bytes: number },
  { store, clock }: { store: Store; clock: Clock },
  log: Logger,
  read: () => Value | Promise<Value>,
  isRecorded: (problem: HttpProblem) => boolean = () => true,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HttpProblem) || !isRecorded(error)) throw error;
    const { status, message, errors = [] } = error;
    const fields = errors.map(({ field, message: problem }) => `${field}: ${problem}`).join('; ');
    const why = excerpt(fields === '' ? message : `${message}: ${fields}`, MAX_WHY_CHARACTERS);
    const head = { ...received, id: store.newId(), at: new Date(clock.now()).toISOString() };
    await recordDelivery(store, head, 0, [], { status, why }).catch((failure: unknown) => {
      log.error('a refused delivery could not be written into the journal', { error: failure });
    });
    throw error;
  }
}

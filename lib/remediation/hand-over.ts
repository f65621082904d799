import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { isUndecided, record } from './outcome.ts';

/** The receipt by which a remediation is known to have been handed over undecided. */
const HANDED_OVER = 'handed-over';

/** What may be added to a remediation without anything having become of it. */
const ASIDE: readonly string[] = ['evidence', 'notify'];

/**
 * What is recorded when a command is given up before it is decided, because its message has failed too often or nothing
 * comes of it: a person is told. The command itself is not spent: sent back, it is decided after all.
 */
export function handedOver(why: string) {
  return { changes: { state: 'needs-human' as const, why }, receipts: [{ step: HANDED_OVER, why }] };
}

/** Hands the remediation of a buried command to a person, if it is this command's and still undecided. */
export async function handOver(
  store: Store,
  { id, contentHash }: Pick<Remediation, 'id' | 'contentHash'>,
  why: string,
  now: number,
): Promise<void> {
  await record(
    store,
    id,
    now,
    (current) => isUndecided(current) && current.contentHash === contentHash,
    () => handedOver(`its message is among the dead letters: ${why}`),
  );
}

/**
 * Takes a remediation up again that was handed over undecided, for a message that was sent after that: someone has sent it
 * back. A copy that was under way all along changes nothing.
 *
 * @returns the remediation as it is then.
 */
export async function takeUpAgain(
  store: Store,
  remediation: Remediation,
  { messageId, sentAtMs }: { messageId: string; sentAtMs: number },
  now: number,
): Promise<Remediation> {
  const isSentBack = (current: Remediation) => {
    const at = handedOverAt(current);
    return at !== undefined && sentAtMs > Date.parse(at);
  };
  if (!isSentBack(remediation)) return remediation;
  const stored = await record(store, remediation.id, now, isSentBack, () => ({
    changes: { state: 'submitting', why: 'its command was sent back' },
    receipts: [{ step: 'redrive', messageId }],
  }));
  return stored ?? remediation;
}

/** When a remediation was handed over undecided; undefined where it was not, or something has become of it since. */
function handedOverAt({ state, receipts }: Remediation): string | undefined {
  if (state !== 'needs-human') return undefined;
  const last = receipts.findLast(({ step }) => !ASIDE.includes(step));
  return last?.step === HANDED_OVER ? last.at : undefined;
}

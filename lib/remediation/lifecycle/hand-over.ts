import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { isUndecided } from '#lib/remediation/record/outcome';
import { type Recorded, recordRemediation } from './move.ts';
import { toPerson } from './to-person.ts';

/**
 * What is recorded when a command is given up before it is decided, because its message has failed too often or nothing
 * comes of it: a person is told. The command itself is not spent: if it comes again, it is decided after all.
 */
export function handedOver(why: string): Recorded {
  return toPerson('hand-over', why, { step: 'handed-over', why }, { handedOver: true });
}

/** Hands the remediation of a buried command to a person, if it is this command's and still undecided. */
export async function handOver(
  store: Store,
  { id, contentHash }: Pick<Remediation, 'id' | 'contentHash'>,
  why: string,
  now: number,
): Promise<void> {
  await recordRemediation(
    store,
    id,
    now,
    (current) => isUndecided(current) && current.contentHash === contentHash,
    () => handedOver(`its message is among the dead letters: ${why}`),
  );
}

/**
 * Takes a remediation up again that was handed over undecided, because its command has come after all: someone has sent it
 * back, or it only took long. What its guards say now decides. If it is left behind once more it is handed over at once.
 *
 * @returns the remediation as it is then.
 */
export async function resumeHandedOver(
  store: Store,
  remediation: Remediation,
  messageId: string | undefined,
  now: number,
): Promise<Remediation> {
  if (!isHandedOver(remediation)) return remediation;
  const stored = await recordRemediation(store, remediation.id, now, isHandedOver, ({ swept }) => ({
    by: 'take-up-again',
    changes: {
      phase: 'undecided',
      why: 'its command has come again',
      ...(swept && { swept: { ...swept, at: new Date(now).toISOString() } }),
    },
    receipts: [{ step: 'redrive', messageId }],
  }));
  return stored ?? remediation;
}

/** Whether a remediation was handed over undecided, and nothing has become of it since. */
function isHandedOver({ phase, handedOver: isHanded }: Remediation): boolean {
  return phase === 'needs-human' && isHanded === true;
}

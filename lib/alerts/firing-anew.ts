import { type AlertDocument, alertDocumentKey, alertDocumentKind } from '#lib/ledger/alert-document';
import type { Call } from '#lib/ledger/call';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { Store } from '#lib/ledger/store';
import { type Episode, isOpen } from './episode.ts';
import { episodeName } from './identity.ts';

/**
 * Which alerts of a remediation fire in an episode that was opened after a time (epoch milliseconds, by our clock). An episode
 * that the remediation is about is never one of them, with any claimed beginning.
 */
export async function readFiringAnew(
  store: Store,
  { alerts, reason }: Pick<Remediation, 'alerts' | 'reason'>,
  sinceMs: number,
): Promise<AlertReference[]> {
  if (alerts.length === 0) return [];
  const keys = alerts.map(({ fingerprint }) => alertDocumentKey(String(reason?.['source']), fingerprint));
  // An unreadable alert does not count: it may not fire.
  const { values } = await readMany(store, alertDocumentKind, keys);
  const own = new Set(alerts.map(episodeName));
  return values.flatMap((alert) =>
    referencesOf(alert, sinceMs, statesOf(alert, own)).filter(
      (reference) => !own.has(episodeName(reference)),
    ),
  );
}

/** The states in which an alert may fire anew: a reported fault, and the states of the remediation's own episodes. */
function statesOf({ fingerprint, episodes }: AlertDocument, own: ReadonlySet<string>) {
  const ownEpisodes = episodes.filter((episode) => own.has(episodeName(referenceTo(fingerprint, episode))));
  return new Set([undefined, ...ownEpisodes.map(({ state }) => state)]);
}

function referencesOf(
  { fingerprint, episodes }: AlertDocument,
  sinceMs: number,
  states: ReturnType<typeof statesOf>,
): AlertReference[] {
  return episodes
    .filter((episode) => isOpen(episode) && episode.openedAtMs > sinceMs && states.has(episode.state))
    .map((episode) => referenceTo(fingerprint, episode));
}

function referenceTo(fingerprint: string, { startsAtMs, opening }: Episode): AlertReference {
  return {
    fingerprint,
    startsAt: new Date(startsAtMs).toISOString(),
    ...(opening > 0 && { opening }),
  };
}

/** The same for each remediation of a call, since the call was sent: by remediation id. */
export async function readFiringSince(
  store: Store,
  { members, callingAt, createdAt }: Call,
): Promise<Map<string, AlertReference[]>> {
  const keys = members.map(({ remediation }) => remediationKey(remediation));
  const { values: remediations } = await readMany(store, remediationKind, keys);
  const sinceMs = Date.parse(callingAt ?? createdAt);
  return new Map(
    await Promise.all(
      remediations.map(
        async (remediation) => [remediation.id, await readFiringAnew(store, remediation, sinceMs)] as const,
      ),
    ),
  );
}

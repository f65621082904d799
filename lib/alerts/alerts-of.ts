import {
  type AlertDocument,
  type AlertRecord,
  alertDocumentKey,
  alertDocumentKind,
  earlierAlertKey,
  earlierAlertKind,
} from '#lib/ledger/alert-document';
import { parseDocument } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { Store } from '#lib/ledger/store';
import {
  beganAtMs,
  claimedTimeMs,
  claimsToEnd,
  type Episode,
  endedAtMs,
  evidenceAtMs,
  isOpen,
  MAX_EPISODES,
  UNKNOWN_START_MS,
} from './episode.ts';

/** The ledger's present view of the alerts that speak for a remediation, without the alerts that it does not know. */
export async function alertsOf(
  { alerts, reason }: Pick<Remediation, 'alerts' | 'reason'>,
  store: Store,
): Promise<AlertRecord[]> {
  if (alerts.length === 0) return [];
  const source = String(reason?.['source']);
  const known = await readAlerts(store, source, alerts);
  const found = alerts.map((alert) => viewOf(known.get(alert.fingerprint), alert));
  const earlier = await readEarlier(
    store,
    source,
    alerts.filter((_, index) => found[index] === undefined),
  );
  return [
    ...found.filter((one) => one !== undefined),
    ...earlier.map((alert) => sinceResolved(known.get(alert.fingerprint), alert)),
  ];
}

/** Each alert as the ledger has it, by its fingerprint. */
export async function readAlerts(
  store: Store,
  source: string,
  alerts: readonly Pick<AlertReference, 'fingerprint'>[],
): Promise<Map<string, AlertDocument>> {
  const fingerprints = [...new Set(alerts.map(({ fingerprint }) => fingerprint))];
  const documents = await store.getMany(
    fingerprints.map((fingerprint) => alertDocumentKey(source, fingerprint)),
  );
  const values = documents.map((document) => parseDocument(alertDocumentKind, document));
  return new Map(values.map((value) => [value.fingerprint, value]));
}

/** One episode as a guard looks at it. */
function viewOf(known: AlertDocument | undefined, reference: AlertReference): AlertRecord | undefined {
  const { opening = 0 } = reference;
  const startsAtMs = claimedTimeMs(reference.startsAt) ?? UNKNOWN_START_MS;
  if (!known) return undefined;
  const { source, fingerprint, episodes } = known;
  const shared = { source, fingerprint, startsAt: reference.startsAt };
  const latest = episodes.find((one) => one.startsAtMs === startsAtMs);
  // It was over before it was reopened, or has made room for later ones.
  const later = latest ? latest.opening > opening : episodes.length >= MAX_EPISODES;
  if (later) {
    const at = iso(Math.min(...(latest ? [latest] : episodes).map(({ openedAtMs }) => openedAtMs)));
    return { ...shared, status: 'resolved', seenAt: at, resolvedAt: at };
  }
  if (!latest || latest.opening < opening) return undefined;
  return { ...shared, ...stateOf(latest, episodes) };
}

function stateOf(
  episode: Episode,
  all: readonly Episode[],
): Pick<AlertRecord, 'status' | 'seenAt' | 'beganAt' | 'resolvedAt' | 'lost'> {
  const { closing } = episode;
  const seenAtMs = evidenceAtMs(episode);
  const beganAt = iso(beganAtMs(episode));
  const { lost, receivedAtMs = 0 } = closing ?? {};
  if (lost !== undefined) {
    // The alert fires again under another beginning: that episode speaks for the fault, and this one is over.
    const anew = all.find(
      (one) =>
        isOpen(one) &&
        one.openedAtMs >= receivedAtMs &&
        (one.state === undefined || one.state === episode.state),
    );
    return anew
      ? { status: 'resolved', seenAt: iso(anew.openedAtMs), beganAt, resolvedAt: iso(anew.openedAtMs) }
      : { status: 'lost', seenAt: iso(seenAtMs), beganAt, lost };
  }
  return {
    status: isOpen(episode) ? 'firing' : 'resolved',
    seenAt: iso(closing ? Math.max(seenAtMs, closing.receivedAtMs) : seenAtMs),
    beganAt,
    ...(closing && { resolvedAt: iso(endedAtMs(closing)) }),
  };
}

/** Alerts as earlier versions kept them. */
async function readEarlier(
  store: Store,
  source: string,
  alerts: readonly AlertReference[],
): Promise<AlertRecord[]> {
  const first = alerts.filter(({ opening = 0 }) => opening === 0);
  if (first.length === 0) return [];
  const keys = first.map(({ fingerprint, startsAt }) => earlierAlertKey(source, fingerprint, startsAt));
  return (await store.getMany(keys)).map((document) => parseDocument(earlierAlertKind, document));
}

/** An alert as an earlier version kept it, and this one knows to have resolved since. */
function sinceResolved(known: AlertDocument | undefined, alert: AlertRecord): AlertRecord {
  const startsAtMs = Date.parse(alert.startsAt);
  const resolution = known?.resolutions.findLast(
    (one) => one.receivedAtMs > Date.parse(alert.seenAt) && claimsToEnd(one, startsAtMs),
  );
  if (!resolution) return alert;
  const { lost } = resolution;
  if (lost !== undefined) return { ...alert, status: 'lost', lost };
  const at = iso(resolution.receivedAtMs);
  return { ...alert, status: 'resolved', seenAt: at, resolvedAt: iso(endedAtMs(resolution)) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

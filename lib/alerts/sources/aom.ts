import type { AomEvent } from '#events/aom';
import { excerpt } from '#lib/bounds';
import { type Carried, levelOf } from './cloud-eye.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ReceivedAlert } from './source.ts';

const MAX_LABELS = 60;
const MAX_TEXT = 1_000;

/** An alarm of AOM as an alert: all of its metadata are labels. It is over when it has an end. */
export function readAomEvent(
  { metadata, annotations, starts_at, ends_at }: AomEvent,
  { sentAt, subject }: Carried,
): ReceivedAlert {
  const { event_severity: severity } = metadata;
  const startsAt = starts_at ?? new Date(sentAt).toISOString();
  return {
    source: 'smn',
    status: ends_at === undefined ? 'firing' : 'resolved',
    startsAt,
    ...(ends_at !== undefined && { endsAt: ends_at }),
    severity: severity && levelOf(severity),
    event: metadata['event_name'],
    labels: { ...cut(metadata), service: 'aom', alertname: excerpt(metadata['event_name'] ?? '', MAX_TEXT) },
    annotations: { ...(subject !== undefined && { summary: subject }), ...cut(annotations) },
    fingerprint: fingerprintOf({ ...identityOf(metadata), service: 'aom' }),
  };
}

/** The fields that stay while an alarm fires, gets worse and ends. */
function identityOf(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const { event_severity: _severity, ...rest } = metadata;
  const named = ['event_name', 'resource_provider', 'resource_type', 'resource_id', 'namespace'];
  const known = Object.entries(rest).filter(([name]) => named.includes(name));
  return Object.hasOwn(metadata, 'resource_id') ? Object.fromEntries(known) : rest;
}

function cut(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .slice(0, MAX_LABELS)
      .map(([name, text]) => [excerpt(name, 200), excerpt(text, MAX_TEXT)]),
  );
}

import type { AlertmanagerNotification } from '#events/alertmanager';
import type { Alert } from './decide.ts';

/** The alerts of an Alertmanager notification, each with its own status; times in UTC, to the millisecond. */
export function alertmanagerAlerts({ alerts }: AlertmanagerNotification): (Alert & { endsAt?: string })[] {
  return alerts.map(({ status, labels, annotations, fingerprint, startsAt, endsAt }) => ({
    source: 'alertmanager',
    status,
    labels,
    annotations,
    severity: labels['severity'],
    fingerprint,
    startsAt: new Date(startsAt).toISOString(),
    // Year 0001 stands for "not known".
    ...(endsAt && Date.parse(endsAt) > 0 && { endsAt: new Date(endsAt).toISOString() }),
  }));
}

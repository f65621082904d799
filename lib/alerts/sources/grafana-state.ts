import { excerpt } from '#lib/bounds';
import type { ReceivedAlert } from './source.ts';

/**
 * Grafana's reason for a state that differs from the result of the last evaluation, such as `MissingSeries` or
 * `NoData, KeepLast`. Absent or empty: the last evaluation has shown the state.
 *
 * @see https://github.com/grafana/alerting/blob/main/models/labels.go `StateReasonAnnotation`
 */
const REASON = 'grafana_state_reason';

/** Grafana's names for the alerts of a rule without data or with an error. The label `rulename` has the name of the rule. */
const NO_DATA = 'DatasourceNoData';
const ERROR = 'DatasourceError';

const MAX_REASON_CHARACTERS = 100;

/** The facts that Grafana adds to an alert. Absent for every alert that an evaluation has shown, and for other senders. */
export type GrafanaState = Pick<ReceivedAlert, 'state' | 'stateReason' | 'lost'>;

/**
 * Reads from labels and annotations whether an evaluation of the sender's rule has shown the status. A firing without that has
 * the state `nodata`, `error` or `unknown`. A resolution without that is lost: it says nothing about the fault.
 *
 * @see https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/stale-alert-instances/
 */
export function grafanaState({
  status,
  labels,
  annotations,
}: Pick<ReceivedAlert, 'status' | 'labels' | 'annotations'>): GrafanaState {
  const reason = excerpt(
    [valueOf(annotations, REASON), valueOf(labels, REASON)].map((text) => text?.trim()).find(Boolean) ?? '',
    MAX_REASON_CHARACTERS,
  );
  if (status === 'resolved') return reason === '' ? {} : { lost: reason };
  const state = firingState(reason, valueOf(labels, 'alertname'));
  if (state === undefined) return {};
  return { state, ...(reason !== '' && { stateReason: reason }) };
}

function firingState(reason: string, alertname: string | undefined): ReceivedAlert['state'] {
  const words = reason.split(',').map((word) => word.trim());
  if (alertname === NO_DATA || words.includes('NoData')) return 'nodata';
  if (alertname === ERROR || words.includes('Error')) return 'error';
  return reason === '' ? undefined : 'unknown';
}

function valueOf(fields: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

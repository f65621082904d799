import * as z from 'zod';
import { Matcher, Matchers } from './matcher.ts';
import { isNot } from './wording.ts';

/** The sources, by their names in the routes; `scheduled-event` is planned maintenance, which Poolkeeper reads itself. Alarms of Cloud Eye and AOM come through SMN. */
export const alertSources = [
  'alertmanager',
  'smn',
  'cloudevents',
  'kubernetes',
  'eventbridge',
  'scheduled-event',
] as const;

const AlertState = z.enum(['alerting', 'nodata', 'error', 'unknown']);

const AlertStates = z.union([AlertState.transform((state) => [state]), z.array(AlertState).min(1)], {
  error: isNot('one of alerting, nodata, error and unknown, or a list of them'),
});

/** Every condition must hold. A rule without conditions matches every alert. */
export const When = z.strictObject({
  source: z
    .enum(alertSources)
    .exactOptional()
    .describe(
      'The sender of the alert. Cloud Eye and AOM alarms come through smn. scheduled-event: maintenance that Huawei has planned.',
    ),
  labels: Matchers.prefault({}).describe(
    'The value of each label: a text, a glob such as NT_NPU_*, or a list.',
  ),
  annotations: Matchers.prefault({}).describe('The value of each annotation: a text, a glob or a list.'),
  severity: Matcher.exactOptional().describe('The severity: a text, a glob or a list.'),
  state: AlertStates.exactOptional().describe(
    'The state behind a firing alert: alerting, or, from Grafana, also nodata, error or unknown. Absent: alerting alone.',
  ),
  event: Matcher.exactOptional().describe(
    'The kind of fault: an event id of Cloud Eye, a fault code, a condition of a node, or the type of a CloudEvent. A text, a glob or a list.',
  ),
});

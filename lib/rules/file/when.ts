import * as z from 'zod';
import { Matcher, Matchers } from './matcher.ts';

/** The sources, by their names in the routes. Alarms of Cloud Eye and AOM come through SMN. */
const alertSources = ['alertmanager', 'smn', 'cloudevents', 'kubernetes'] as const;

/** Every condition must hold. A rule without conditions matches every alert. */
export const When = z.strictObject({
  source: z
    .enum(alertSources)
    .exactOptional()
    .describe('The sender of the alert. Cloud Eye and AOM alarms come through smn.'),
  labels: Matchers.prefault({}).describe(
    'The value of each label: a text, a glob such as NT_NPU_*, or a list.',
  ),
  annotations: Matchers.prefault({}).describe('The value of each annotation: a text, a glob or a list.'),
  severity: Matcher.exactOptional().describe('The severity: a text, a glob or a list.'),
  event: Matcher.exactOptional().describe(
    'The kind of fault: an event id of Cloud Eye, a fault code, a condition of a node, or the type of a CloudEvent. A text, a glob or a list.',
  ),
});

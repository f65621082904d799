import * as z from 'zod';
import { Matcher, Matchers } from './matcher.ts';

/** Where an alert came in. Cloud Eye and AOM alarms come through SMN. */
const alertSources = ['alertmanager', 'smn', 'cloudevents'] as const;

/** Every condition given must hold; a rule without any matches every alert. */
export const When = z.strictObject({
  source: z
    .enum(alertSources)
    .exactOptional()
    .describe('Where the alert comes in. Cloud Eye and AOM alarms come through smn.'),
  labels: Matchers.prefault({}).describe(
    'Label by label, what its value must be: a text, a glob such as NT_NPU_*, or a list.',
  ),
  annotations: Matchers.prefault({}).describe('The same for annotations.'),
  severity: Matcher.exactOptional().describe('What the severity must be: a text, a glob or a list.'),
  event: Matcher.exactOptional().describe('What the Cloud Eye event id must be: a text, a glob or a list.'),
});

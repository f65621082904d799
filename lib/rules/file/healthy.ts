import * as z from 'zod';
import { Matcher, Matchers } from './matcher.ts';

/** The demands on a healthy node, beside its phase. The API may show none of these fields (docs/design/modelarts-api.md 2.2). */
export const Healthy = z.strictObject({
  driver: Matcher.exactOptional().describe(
    'The version of the driver of a healthy node: a text, a glob such as 24.1.*, or a list.',
  ),
  os: Matcher.exactOptional().describe(
    'The name of the operating system of a healthy node: a text, a glob or a list.',
  ),
  plugins: Matchers.exactOptional().describe('For each plugin, the version that a node must show.'),
  absent: z
    .enum(['unknown', 'well'])
    .exactOptional()
    .describe(
      'The meaning of a driver or version that the API does not show: with unknown, the node is not known to be well; with well, the missing value counts as well. Absent: unknown for each demanded version, and for a driver if all nodes of the flavor have shown one.',
    ),
});

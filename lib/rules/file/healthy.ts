import * as z from 'zod';
import { Matcher, Matchers } from './matcher.ts';

/** What a node must show to be well, beside its phase; the API need not show any of it (docs/modelarts-api.md 2.2). */
export const Healthy = z.strictObject({
  driver: Matcher.exactOptional().describe(
    'The version of the driver that a node must show to be well: a text, a glob such as 24.1.*, or a list.',
  ),
  os: Matcher.exactOptional().describe('The same for the name of its operating system.'),
  plugins: Matchers.exactOptional().describe('Plugin by plugin, the version that a node must show.'),
  absent: z
    .enum(['unknown', 'well'])
    .exactOptional()
    .describe(
      'What it means that the API shows no driver, or not what is demanded here: unknown, nobody knows whether the node is well; well, it counts as well. Absent: a driver is missed where all nodes of the flavor have shown one, and what is demanded is always missed.',
    ),
});

import * as z from 'zod';
import { NodeTag } from '#lib/modelarts/requests/tags';
import { globMatches } from '../glob.ts';
import { modes } from '../mode.ts';
import { PositiveDuration } from './duration.ts';
import { Matcher, Matchers } from './matcher.ts';
import { Name, PoolReference } from './name.ts';

/** Which nodes of a pool are meant. */
export const NodeSelector = z.strictObject({
  flavor: Matcher.exactOptional().describe(
    'What the flavor must be: a text, a glob such as modelarts.bm.*, or a list.',
  ),
  nodePool: Matcher.exactOptional().describe('The name of the node pool.'),
  name: Matcher.exactOptional().describe('The name of the node.'),
  labels: Matchers.prefault({}).describe('Label by label, what its value must be.'),
});

export const TagPolicy = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the tag policies.'),
    pool: PoolReference.describe('A pool of this file.'),
    mode: z.enum(modes).prefault('act').describe('As in a rule, but act unless told otherwise.'),
    nodes: NodeSelector.prefault({}).describe(
      'Which nodes of the pool: every condition given must hold; none means all.',
    ),
    require: z
      .record(NodeTag.shape.key, NodeTag.shape.value)
      .prefault({})
      .describe('Tags, key by key, that each of these nodes gets.'),
    forbid: z
      .record(NodeTag.shape.key, Matcher)
      .prefault({})
      .describe('Tags that are taken away, key by key: those whose value matches; "*" is any value.'),
    reassert: PositiveDuration.prefault('24h').describe(
      'After how long tags are applied again: the API does not show whether they are still there.',
    ),
  })
  .superRefine(({ require, forbid }, context) => {
    if (Object.keys(require).length + Object.keys(forbid).length === 0) {
      context.addIssue('neither requires nor forbids a tag');
    }
    for (const [key, globs] of Object.entries(forbid)) {
      for (const glob of globs.filter(
        (each) => !NodeTag.shape.value.safeParse(each.replaceAll(/[*?]/g, '')).success,
      )) {
        context.addIssue({
          code: 'custom',
          path: ['forbid', key],
          message: `${JSON.stringify(glob)} is not what the value of a tag can be`,
        });
      }
    }
    const spellings = new Map<string, string>();
    for (const key of Object.keys(require)) {
      const other = spellings.get(key.toLowerCase());
      if (other === undefined) spellings.set(key.toLowerCase(), key);
      else
        context.addIssue({ code: 'custom', path: ['require', key], message: `is ${other} in other letters` });
    }
    for (const [key, value] of Object.entries(require)) {
      const globs = Object.hasOwn(forbid, key) ? (forbid[key] ?? []) : [];
      if (globs.some((glob) => globMatches(glob, value))) {
        context.addIssue({
          code: 'custom',
          path: ['forbid', key],
          message: `forbids the tag ${key}=${value} that require demands`,
        });
      }
    }
  })
  .transform(({ reassert, ...policy }) => ({ ...policy, reassertMs: reassert }));

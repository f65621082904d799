import * as z from 'zod';
import { NodeTag } from '#lib/modelarts/requests/tags';
import { globMatches } from '../glob.ts';
import { modes } from '../mode.ts';
import { PositiveDuration } from './duration.ts';
import { Matcher, Matchers } from './matcher.ts';
import { Name, PoolReference } from './name.ts';

/** Conditions that select nodes of a pool. */
export const NodeSelector = z.strictObject({
  flavor: Matcher.exactOptional().describe(
    'The flavor of the node: a text, a glob such as modelarts.bm.*, or a list.',
  ),
  nodePool: Matcher.exactOptional().describe('The name of the node pool.'),
  name: Matcher.exactOptional().describe('The name of the node.'),
  labels: Matchers.prefault({}).describe('The value of each label.'),
});

export const TagPolicy = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the tag policies.'),
    pool: PoolReference.describe('A pool of this file.'),
    mode: z.enum(modes).prefault('act').describe('As in a rule, but the default is act.'),
    nodes: NodeSelector.prefault({}).describe(
      'The nodes of the pool: every condition must hold. Without a condition, all nodes.',
    ),
    require: z
      .record(NodeTag.shape.key, NodeTag.shape.value)
      .prefault({})
      .describe('Tags that each of these nodes gets: the value of each key.'),
    forbid: z
      .record(NodeTag.shape.key, Matcher)
      .prefault({})
      .describe('Tags that these nodes lose: for each key, a matcher of its value. "*" matches any value.'),
    reassert: PositiveDuration.prefault('24h').describe(
      'How often Poolkeeper applies the tags again. The API does not show whether a node still has them.',
    ),
  })
  .superRefine(({ require, forbid }, context) => {
    if (Object.keys(require).length + Object.keys(forbid).length === 0) {
      context.addIssue('neither requires nor forbids a tag: add require or forbid');
    }
    for (const [key, globs] of Object.entries(forbid)) {
      for (const glob of globs.filter(
        (each) => !NodeTag.shape.value.safeParse(each.replaceAll(/[*?]/g, '')).success,
      )) {
        context.addIssue({
          code: 'custom',
          path: ['forbid', key],
          message: `${JSON.stringify(glob)} cannot match the value of any tag: correct or remove it`,
        });
      }
    }
    const spellings = new Map<string, string>();
    for (const key of Object.keys(require)) {
      const other = spellings.get(key.toLowerCase());
      if (other === undefined) spellings.set(key.toLowerCase(), key);
      else
        context.addIssue({
          code: 'custom',
          path: ['require', key],
          message: `differs from ${other} only in upper and lower case: keep one of them`,
        });
    }
    for (const [key, value] of Object.entries(require)) {
      const globs = Object.hasOwn(forbid, key) ? (forbid[key] ?? []) : [];
      if (globs.some((glob) => globMatches(glob, value))) {
        context.addIssue({
          code: 'custom',
          path: ['forbid', key],
          message: `forbids the tag ${key}=${value}, which require demands: change one of the two`,
        });
      }
    }
  })
  .transform(({ reassert, ...policy }) => ({ ...policy, reassertMs: reassert }));

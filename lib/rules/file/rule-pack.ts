import * as z from 'zod';
import { modes } from '../mode.ts';
import { packNames } from '../pack/packs.ts';
import { PoolOfRule } from './alert-rule.ts';
import { PoolReference } from './name.ts';
import { show, suggestion } from './wording.ts';

const PackName = z.enum(packNames);

/** The packs whose rules the file has besides its own. */
export const Extends = z.union([PackName, z.array(PackName).min(1)], {
  error: ({ input }) =>
    typeof input === 'string'
      ? `there is no pack ${show(input)}${suggestion(input, packNames)}`
      : `${show(input)} is not the name of a pack, or a list of names: the known ones are ${packNames.join(', ')}`,
});

/** The settings of the packs. */
export const Pack = z.strictObject({
  pool: PoolOfRule.describe(
    'The pool that the rules are about: a pool of this file, or the field of the alert that holds its name or id.',
  ),
  mode: z
    .enum(modes)
    .prefault('observe')
    .describe('The mode of every rule of the packs that has something to do.'),
  resets: z
    .enum(['act', 'approve'])
    .prefault('approve')
    .describe(
      'Whether a reset waits for a person where Huawei advises a restart. A reset wipes the node, and Poolkeeper has no restart.',
    ),
  quarantine: PoolReference.exactOptional().describe(
    'A pool to which faulty nodes are moved, by its name in this file or its id. Absent: no node is moved.',
  ),
  without: z
    .array(z.string().min(1))
    .prefault([])
    .describe('The names of rules of the packs that this file does not want: texts or globs.'),
});

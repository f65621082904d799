import * as z from 'zod';
import { NodeNames } from './node-names.ts';
import { NodeTags, repeatedKeys, repeatedTags } from './tags.ts';
import { Text } from './text.ts';

/** Page batch-update, table NodeDriver. No documented action uses it (docs/design/modelarts-api.md 10, row 8). */
const NodeDriver = z.strictObject({ version: Text.optional(), updateStrategy: Text.optional() });

const parameters = {
  action: z.enum(['openHaRedundant', 'closeHaRedundant', 'createTags', 'deleteTags']),
  haRedundantEnable: z.boolean().optional(),
  haRedundantEffect: z.enum(['NoSchedule', 'NoExecute']).optional(),
  driver: NodeDriver.optional(),
  tags: NodeTags.optional(),
};

type Parameters = z.output<z.ZodObject<typeof parameters>>;

/**
 * The required and the contradictory fields of an action (docs/design/modelarts-api.md 10, row 7). The page does not assign
 * fields to actions, so other fields that an action does not use pass.
 */
const agreesWithItsAction: z.core.CheckFn<Parameters> = ({ value, issues }) => {
  const { action, haRedundantEnable, tags = [] } = value;
  const refuse = (field: keyof Parameters, message: string) =>
    issues.push({ code: 'custom', path: [field], message, input: value });

  if (action === 'createTags' || action === 'deleteTags') {
    if (tags.length === 0) refuse('tags', `is mandatory for ${action}: at least one tag`);
    // A tag is deleted by its key and its value, so a command may name several values of one key.
    const repetitions = action === 'createTags' ? repeatedKeys(tags) : repeatedTags(tags);
    for (const { index, message } of repetitions)
      issues.push({ code: 'custom', path: ['tags', index, 'key'], message, input: value });
    // By the page, `true` isolates the node. The guards of tags do not expect that.
    if (haRedundantEnable !== undefined)
      refuse(
        'haRedundantEnable',
        `is refused with ${action}: it changes the redundancy of the nodes. Leave it out, and use openHaRedundant or closeHaRedundant for that`,
      );
  } else {
    const enables = action === 'openHaRedundant';
    if (haRedundantEnable === !enables)
      refuse('haRedundantEnable', `contradicts ${action}: must be ${enables} or left out`);
  }
};

/** Page batch-update, table 2. `deleteTags` needs the values too (docs/design/modelarts-api.md 10, row 10). */
export const BatchUpdateNodesRequest = z
  .strictObject({ nodeNames: NodeNames, ...parameters })
  .check(agreesWithItsAction);
export type BatchUpdateNodesRequest = z.output<typeof BatchUpdateNodesRequest>;

/**
 * A command cannot upgrade a driver. The page has the field but no action for it (docs/design/modelarts-api.md 10, row 8): its
 * effect on the node and its workloads, and the time of the effect, are unknown, and nothing can verify it.
 */
const withoutDriver: z.core.CheckFn<Parameters> = ({ value, issues }) => {
  // Problems inside the driver already have their issues.
  if (value.driver === undefined || issues.some(({ path }) => path?.[0] === 'driver')) return;
  const message =
    'is refused: the page Batch Updating Nodes has no action that upgrades a driver, so the effect of this field is unknown. Upgrade the driver in the console, node by node';
  issues.push({ code: 'custom', path: ['driver'], message, input: value });
};

/** The parameters of a command: the request without the nodes, and without fields of unknown effect. */
export const BatchUpdateNodesParameters = z
  .strictObject({
    ...parameters,
    driver: NodeDriver.optional().meta({
      description: 'Refused: the page has no action that upgrades a driver',
    }),
  })
  .check(agreesWithItsAction)
  .check(withoutDriver);
export type BatchUpdateNodesParameters = z.output<typeof BatchUpdateNodesParameters>;

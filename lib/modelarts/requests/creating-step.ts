import * as z from 'zod';

/** "Step of a supernode": the flavor decides which steps exist; all of them are at least one. */
const Step = z.int().min(1, 'must be at least 1');

/**
 * The types differ from page to page: `hyperinstance` (batch-migrate, node pool deletion) or `rack` (node pool update); both
 * are accepted (docs/design/modelarts-api.md 10, row 12).
 */
const Type = z.enum(['hyperinstance', 'rack']);

/** Page update-node-pool, table CreatingStep. A merge patch keeps the fields that it omits. */
export const CreatingStepChange = z.strictObject({ step: Step.optional(), type: Type.optional() });

/**
 * Page batch-migrate, table CreatingStep. Both are optional in the table, but "when the entire cabinet or supernode is
 * migrated, the step information needs to be specified": an object without them specifies nothing.
 */
export const CreatingStep = z.strictObject({ step: Step, type: Type });

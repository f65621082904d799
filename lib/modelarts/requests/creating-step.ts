import * as z from 'zod';

/**
 * Table CreatingStep. Its types differ from page to page: `hyperinstance` (batch-migrate, node pool deletion) or `rack`
 * (node pool update); both are accepted (docs/modelarts-api.md 10, row 12). Which steps there are, the flavor decides.
 */
export const CreatingStep = z.strictObject({
  step: z.int().optional(),
  type: z.enum(['hyperinstance', 'rack']).optional(),
});

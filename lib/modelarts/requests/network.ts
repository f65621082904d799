import * as z from 'zod';
import { Text } from './text.ts';

/** Table NodeNetwork. */
export const NodeNetwork = z.strictObject({
  vpc: Text.optional(),
  subnet: Text.optional(),
  securityGroups: z.array(Text).optional(),
});

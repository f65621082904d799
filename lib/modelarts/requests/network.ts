import * as z from 'zod';
import { Text } from './text.ts';

/** Table NodeNetwork. */
export const NodeNetwork = z.strictObject({
  vpc: Text.optional(),
  subnet: Text.optional(),
  securityGroups: z.array(Text).optional(),
});

/** The same in a merge patch, where `null` removes a field. */
export const NodeNetworkChange = z.strictObject({
  vpc: Text.nullable().optional(),
  subnet: Text.nullable().optional(),
  securityGroups: z.array(Text).nullable().optional(),
});

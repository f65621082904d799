// As people import it, with all of its languages, like the examples of zod.
import { z } from 'zod';

export const Command = z.looseObject({
  action: z.literal('reset-nodes'),
  pool: z.string(),
  nodes: z.array(z.string()),
  parameters: z.looseObject({ nodeConfig: z.record(z.string(), z.unknown()).optional() }).optional(),
});

export const Nodes = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      status: z.looseObject({ phase: z.string() }),
    }),
  ),
});

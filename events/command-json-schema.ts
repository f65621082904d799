import * as z from 'zod';
import { Command } from './command.ts';

/**
 * The JSON Schema of a command as it is sent, draft 2020-12. It cannot express rules across fields, such as a percentage of
 * at most 100: `POST /commands` and the queues check more.
 */
export function commandJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    ...z.toJSONSchema(Command, { io: 'input' }),
    title: 'Poolkeeper command',
    description: 'docs/reference/api.md',
  };
}

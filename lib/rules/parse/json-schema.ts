import * as z from 'zod';
import { RulesFile } from '#lib/rules/file/rules-file';

/**
 * The JSON Schema of the rules file as it is written, for editors. Draft 7 is the newest that the YAML language server
 * knows in full. It cannot say what spans the file, such as the names of pools: `parseRules` checks more.
 */
export function rulesJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(RulesFile, { io: 'input', target: 'draft-7' });
}

import * as z from 'zod';
import { RulesFile } from '#lib/rules/file/rules-file';

/**
 * The JSON Schema of the rules file, for editors. Draft 7 is the newest version that the YAML language server fully supports. A
 * schema cannot check references across the file, such as the names of pools; `parseRules` does.
 */
export function rulesJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(RulesFile, { io: 'input', target: 'draft-7' });
}

import * as z from 'zod';
import { RulesFile } from '#lib/rules/file/rules-file';

const RULE = 'properties.rules.items';

/**
 * The JSON Schema of the rules file, for editors. Draft 7 is the newest version that the YAML language server fully supports. A
 * schema cannot check references across the file, such as the names of pools; `parseRules` does. In a file that extends a pack, a
 * rule may have only a name and the keys that it changes.
 */
export function rulesJsonSchema(): z.core.JSONSchema.BaseSchema {
  let required: string[] = [];
  const schema = z.toJSONSchema(RulesFile, {
    io: 'input',
    target: 'draft-7',
    override({ jsonSchema, path }) {
      if (path.join('.') !== RULE) return;
      // It is called more than once.
      required = [...new Set([...required, ...(jsonSchema.required ?? [])])];
      jsonSchema.required = ['name'];
    },
  });
  const description = 'In a file without a pack, each rule has all of these keys.';
  const whole = { properties: { rules: { description, items: { required } } } };
  return { ...schema, anyOf: [{ required: ['extends'] }, whole] };
}

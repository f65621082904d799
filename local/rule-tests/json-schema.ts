import * as z from 'zod';
import { TestFile } from './test-file.ts';

/** The JSON Schema of a file of tests, for editors. `readTestFile` also checks the names of pools and rules. */
export function ruleTestsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(TestFile, { io: 'input', target: 'draft-7' });
}

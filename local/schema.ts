import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rulesJsonSchema } from '#lib/rules/json-schema';

/** Writes the JSON Schema of the rules file to docs/, where the first line of poolkeeper.yml points editors. */
const file = path.resolve(import.meta.dirname, '../docs/poolkeeper.schema.json');
await writeFile(file, `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);

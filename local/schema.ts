import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandJsonSchema } from '#events/command-json-schema';
import { reportedAlertJsonSchema } from '#events/reported-alert-json-schema';
import { tagPolicyJsonSchema } from '#events/tag-policy-json-schema';
import { rulesJsonSchema } from '#lib/rules/parse/json-schema';

/** Writes the JSON Schemas to docs/: of the rules file, where the first line of poolkeeper.yml points editors, and of messages. */
const schemas = {
  'poolkeeper.schema.json': rulesJsonSchema(),
  'command.schema.json': commandJsonSchema(),
  'alert.schema.json': reportedAlertJsonSchema(),
  'tag-policy.schema.json': tagPolicyJsonSchema(),
};
for (const [file, schema] of Object.entries(schemas)) {
  await writeFile(
    path.resolve(import.meta.dirname, '../docs', file),
    `${JSON.stringify(schema, undefined, 2)}\n`,
  );
}

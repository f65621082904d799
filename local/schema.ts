import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandJsonSchema } from '#events/command-json-schema';
import { reportedAlertJsonSchema } from '#events/reported-alert-json-schema';
import { tagPolicyJsonSchema } from '#events/tag-policy-json-schema';
import { rulesJsonSchema } from '#lib/rules/parse/json-schema';
import { openApiDocument } from './openapi/document.ts';
import { prometheusRules } from './pages/alert-rules.ts';
import { withRecipes } from './pages/cookbook.ts';
import { grafanaDashboard } from './pages/grafana.ts';
import { withMetricTable } from './pages/metrics.ts';
import { withPackTables } from './pages/rule-pack.ts';
import { ruleTestsJsonSchema } from './rule-tests/json-schema.ts';

/**
 * Writes the generated parts of docs/: the JSON Schemas of the rules file and of its tests, where the first line of such a file points
 * editors, and of messages; the OpenAPI document of the HTTP API; the dashboard of Grafana and
 * the alert rules of Prometheus; the tables of the rule pack and of the metrics; and the recipes of the cookbook.
 */
const schemas = {
  'poolkeeper.schema.json': rulesJsonSchema(),
  'command.schema.json': commandJsonSchema(),
  'alert.schema.json': reportedAlertJsonSchema(),
  'tag-policy.schema.json': tagPolicyJsonSchema(),
  'rule-tests.schema.json': ruleTestsJsonSchema(),
  'reference/openapi.json': openApiDocument(),
  'operate/monitoring/grafana.json': grafanaDashboard(),
};
for (const [file, schema] of Object.entries(schemas)) {
  await writeFile(
    path.resolve(import.meta.dirname, '../docs', file),
    `${JSON.stringify(schema, undefined, 2)}\n`,
  );
}

function recipeText(name: string): string {
  return readFileSync(path.resolve(import.meta.dirname, `../docs/rules/cookbook/${name}.tests.yml`), 'utf8');
}

for (const [file, write] of [
  ['rules/pack.md', withPackTables],
  ['operate/metrics.md', withMetricTable],
  ['rules/cookbook.md', (text: string) => withRecipes(text, recipeText)],
] as const) {
  const page = path.resolve(import.meta.dirname, '../docs', file);
  await writeFile(page, write(await readFile(page, 'utf8')));
}

await writeFile(
  path.resolve(import.meta.dirname, '../docs/operate/monitoring/alerts.yml'),
  prometheusRules(),
);

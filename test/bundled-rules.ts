import { readFileSync } from 'node:fs';
import { parseRules } from '#lib/rules/parse/parse';

export default parseRules(
  readFileSync(new URL('../poolkeeper.yml', import.meta.url), 'utf8'),
  'poolkeeper.yml',
);

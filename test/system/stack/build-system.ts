import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { withFasterClock } from '#lib/rules/speed-up';
import { forSimulator } from '#local/build/simulated-rules';
import type { Describe } from '#local/cloud/description';
import { describeStack } from '#local/stack/describe';
import { writeFunctions } from './bundled-once.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** As fast as under `npm start`. */
const SPEED = 60;

export type BuildSystemOptions = {
  /** Names the folder of the build, below `.poolkeeper/`. */
  name: string;
  /** The rules file, as data or as text. */
  rules: object | string;
  /** The rules are for a simulator that runs that many times as fast. Absent: only our own waits are short, as the API has no clock. */
  simulatorSpeed?: number;
};

export type BuiltSystem = { describe: Describe; root: string; rules: Rules };

/** Writes the bundled functions with the given rules, and gives the stack with the rules' schedules. */
export async function buildSystem({ name, rules, simulatorSpeed }: BuildSystemOptions): Promise<BuiltSystem> {
  const outDir = path.join(root, '.poolkeeper', `test-${name}`);
  await mkdir(outDir, { recursive: true });
  // JSON is YAML.
  const text = typeof rules === 'string' ? rules : JSON.stringify(rules, undefined, 2);
  const compiled = inTime(parseRules(text, `rules of ${name}`), simulatorSpeed);
  await writeFunctions(outDir, compiled);
  return { describe: describeStack(compiled), root: outDir, rules: compiled };
}

function inTime(rules: Rules, simulatorSpeed: number | undefined): Rules {
  return simulatorSpeed === undefined
    ? { ...rules, waits: withFasterClock(rules, SPEED).waits }
    : forSimulator(rules, simulatorSpeed);
}

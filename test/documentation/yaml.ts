import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { stateIn } from '#cli/explaining/pool-state';
import { RulesFile } from '#lib/rules/file/rules-file';
import { parseRules } from '#lib/rules/parse/parse';
import { TestFile } from '#local/rule-tests/test-file';
import { deploymentVariables } from '#local/stack/stage-settings';

/** Checks a text, and throws if it is wrong. */
type Check = (text: string) => void;

/** A kind of YAML text, known by its keys. `tool`: the program that checks it, if it is installed.
 * `needs`: a key that others do not have. */
export type Kind = { name: string; keys: readonly string[]; check: Check; tool?: string; needs?: string };

const RULES_KEYS = Object.keys(
  z.toJSONSchema(RulesFile, { io: 'input', unrepresentable: 'any' }).properties ?? {},
);

/** A snippet of the rules file has the rest of it from here. */
const REST = {
  pools: {
    'train-a': { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' },
    quarantine: { id: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036' },
  },
};

/** The kinds in their order: the first whose keys include all of the text is its kind. */
const KINDS: readonly Kind[] = [
  {
    name: 'tests of rules',
    keys: ['rules', 'tests'],
    needs: 'tests',
    check: (text) => void TestFile.parse(parse(text)),
  },
  { name: 'a rules file', keys: RULES_KEYS, check: checkRules },
  {
    name: 'rules',
    keys: ['name', 'when', 'node', 'pool', 'mode', 'cooldown', 'ladder', 'onResolved'],
    check: (text) => checkRules(stringify({ rules: parse(text) })),
  },
  {
    name: 'recipients',
    keys: [
      'kind',
      'url',
      'secret',
      'token',
      'channel',
      'routingKey',
      'severity',
      'topicArn',
      'accessKeyId',
      'secretAccessKey',
      'when',
      'rules',
      'pools',
      'digest',
    ],
    check: (text) => checkRules(stringify({ notify: parse(text) })),
  },
  {
    name: 'the settings of a stage',
    keys: ['rules', 'awsRegion', 'project', 'region', 'alarmEmail', 'network'],
    check: checkSettings,
  },
  { name: 'the state of a pool', keys: ['nodes', 'pool'], check: (text) => void stateIn(text, 'state.yml') },
  {
    name: 'alert rules of Prometheus',
    keys: ['alert', 'expr', 'for', 'labels'],
    tool: 'promtool',
    check: (text) =>
      run('promtool', ['check', 'rules'], stringify({ groups: [{ name: 'g', rules: parse(text) }] })),
  },
  {
    name: 'a configuration of Alertmanager',
    keys: ['route', 'receivers'],
    tool: 'amtool',
    check: (text) => run('amtool', ['check-config'], text),
  },
  {
    name: 'a configuration of Prometheus',
    keys: ['alerting', 'rule_files', 'scrape_configs'],
    tool: 'promtool',
    check: (text) => run('promtool', ['check', 'config', '--syntax-only'], text),
  },
  // No tool of these is at hand: the text is YAML, and that is all that is known.
  { name: 'a configuration of Thanos', keys: ['alertmanagers'], check: parse },
  {
    name: 'a configuration of kubernetes-event-exporter',
    keys: ['clusterName', 'route', 'receivers'],
    check: parse,
  },
];

export function isInstalled(tool: string): boolean {
  return spawnSync(tool, ['--version']).status === 0;
}

/** The kind of a text. Undefined: none of them. */
export function kindOf(text: string): Kind | undefined {
  const parsed: unknown = parse(text);
  const keys = (Array.isArray(parsed) ? parsed : [parsed]).flatMap((one: object) => Object.keys(one));
  return KINDS.find(
    ({ keys: known, needs = keys[0] ?? '' }) =>
      keys.length > 0 && keys.includes(needs) && keys.every((key) => known.includes(key)),
  );
}

function checkRules(text: string): void {
  parseRules(stringify({ ...REST, ...(parse(text) as object) }), 'snippet.yml');
}

function checkSettings(text: string): void {
  inFile('settings.prod.yml', text, (file) => void deploymentVariables('prod', path.dirname(file), {}));
}

function run(tool: string, args: readonly string[], text: string): void {
  if (!isInstalled(tool)) return;
  inFile('snippet.yml', text, (file) => {
    const { status, stdout, stderr } = spawnSync(tool, [...args, file], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${tool}: ${stdout}${stderr}`);
  });
}

function inFile(name: string, text: string, use: (file: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'poolkeeper-snippet-'));
  try {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { Command } from '#events/command';
import { ScheduledEvent, ScheduleFiring } from '#events/schedule';
import { TagPolicyMessage } from '#events/tag-policy';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { type SourceFile, sourceFiles } from './source-files.ts';

const root = path.resolve(import.meta.dirname, '../..');
const deployed = sourceFiles('functions', 'events', 'lib');
const page = sourceFiles('console');
const everything = [...deployed, ...page, ...sourceFiles('local', 'cli', 'test')];

/**
 * The rooms of the house, from the ground up. A room imports code only from rooms that stand before it here; types cross freely.
 * A room is a folder, or a file that lies directly in `lib`. docs/design/design.md says what is in each folder, from the roof down.
 */
const FLOORS: readonly string[] = [
  'lib/bounds',
  'lib/time-text',
  'lib/hash',
  'lib/once',
  'lib/concurrency',
  'lib/clock',
  'lib/renewable',
  'lib/read-json',
  'lib/is-record',
  'lib/printable',
  'lib/log',
  'lib/metrics',
  'lib/issues',
  'lib/json-bytes',
  'lib/nearest',
  'lib/version',
  'lib/callers',
  'lib/config',
  'lib/http',
  'lib/modelarts/requests',
  'lib/modelarts/replies',
  'lib/modelarts/client',
  'lib/modelarts/endpoints',
  'lib/modelarts/reading',
  'lib/actions',
  'lib/rules',
  'lib/rules/pack',
  'lib/rules/suggestions',
  'lib/rules/file',
  'lib/rules/parse',
  'lib/rules/warnings',
  'events',
  'lib/handler',
  'lib/ledger/receipts',
  'lib/ledger',
  'lib/ledger/listing',
  'lib/ledger/notices',
  'lib/ledger/snapshot',
  'lib/aws',
  'lib/secrets',
  'lib/sentences',
  'lib/guards',
  'lib/verification',
  'lib/tag-policy/comparison',
  'lib/remediation/record',
  'lib/remediation/lifecycle',
  'lib/remediation/messages',
  'lib/smn',
  'lib/alerts',
  'lib/alerts/sources',
  'lib/alerts/sources/events',
  'lib/journal',
  'lib/capacity',
  'lib/actions/node-pools',
  'lib/actions/<action>',
  'lib/implementations',
  'lib/remediation/escalation',
  'lib/remediation/planning',
  'lib/remediation/execution',
  'lib/remediation/tracking',
  'lib/receiving',
  'lib/tag-policy',
  'lib/schedule',
  'lib/notify/words',
  'lib/notify/kinds',
  'lib/notify',
  'lib/sweep',
  'lib/dead-letters',
  'lib/console',
  'lib/console/pools',
  'lib/warm-up',
  'lib/environment',
  'lib/services',
  'functions',
];

/** The most source files in one folder: a newcomer reads its list at one glance. */
const FILES_IN_A_FOLDER = 20;

/** Packages, and the only rooms that know them. Tests may use any. */
const PACKAGES: Record<string, readonly string[]> = {
  '@middy/core': ['lib/handler'],
  'aws-lambda': ['lib/handler', 'local'],
  undici: ['lib/http', 'lib/modelarts', 'lib/notify'],
  yaml: ['lib/rules', 'local', 'cli'],
  '@stricli/core': ['cli'],
  esbuild: ['local'],
  '@aws-cdk/aws-service-spec': ['local'],
  '@aws-cdk/service-spec-types': ['local'],
  dynalite: ['local'],
  fauxqs: ['local'],
  '@aws-sdk/client-dynamodb': ['local'],
  '@aws-sdk/client-sqs': ['local'],
  preact: ['console'],
  '@preact/signals': ['console'],
  uplot: ['console'],
};

/** The code that the page shares with the functions: pure, and free of Node.js. */
const SHARED_WITH_PAGE = ['lib/printable', 'lib/is-record', 'lib/sentences'];

/**
 * The room of a file. The traits of an action (`traits.ts`) are on the floor of `lib/actions`, where every room can read them,
 * although they are in the action's own folder. The folders of all actions are one room: an action needs no floor of its own.
 */
function roomOf(file: string): string {
  const [, name, inside] = /^lib\/actions\/([\w-]+)\/([\w-]+)\.ts$/.exec(file) ?? [];
  if (inside === 'traits') return 'lib/actions';
  if (name !== undefined && name !== 'node-pools') return 'lib/actions/<action>';
  const folder = path.posix.dirname(file);
  return folder === 'lib' ? file.replace(/\.ts$/, '') : folder;
}

/** Whether a room is one of these, or lies within one. */
function isWithin(room: string, outer: readonly string[]): boolean {
  return outer.some((one) => room === one || room.startsWith(`${one}/`));
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** One line for each import at fault: who imports what. */
function faults(
  files: readonly SourceFile[],
  isFault: (file: SourceFile, one: SourceFile['imports'][number]) => boolean,
) {
  return files.flatMap((source) =>
    source.imports
      .filter((one) => isFault(source, one))
      .map(({ specifier }) => `${source.file} → ${specifier}`),
  );
}

describe('rooms', () => {
  test('are all known', () => {
    expect([...new Set(deployed.map(({ file }) => roomOf(file)))].sort()).toEqual([...FLOORS].sort());
  });

  test('are described in docs/design/design.md from the roof down, each that is a folder', () => {
    const table = readFileSync(path.join(root, 'docs/design/design.md'), 'utf8').matchAll(
      /^\| `([\w/<>-]+)\/` /gm,
    );
    const folders = FLOORS.filter((room) => !existsSync(path.join(root, `${room}.ts`)));
    expect(Array.from(table, ([, room]) => room)).toEqual([
      'console',
      'cli',
      'local',
      ...folders.toReversed(),
    ]);
  });

  test('import only from the rooms below them', () => {
    const upwards = faults(deployed, ({ file }, { target, typesOnly }) => {
      if (typesOnly || !target.endsWith('.ts')) return false;
      return FLOORS.indexOf(roomOf(target)) > FLOORS.indexOf(roomOf(file));
    });
    expect(upwards).toEqual([]);
  });

  test('are small enough to be seen at one glance', () => {
    const sizes = Map.groupBy([...deployed, ...page, ...sourceFiles('local', 'cli')], ({ file }) =>
      path.posix.dirname(file),
    );
    const large = [...sizes].filter(([, files]) => files.length > FILES_IN_A_FOLDER);
    expect(large.map(([folder, files]) => `${folder}: ${files.length} files`)).toEqual([]);
  });

  test('read the lists of the API through the one reader, which asks for each once', () => {
    const readers = deployed.filter(({ imports }) =>
      imports.some(({ target }) => target === 'lib/modelarts/reading/read.ts'),
    );
    expect([...new Set(readers.map(({ file }) => path.posix.dirname(file)))]).toEqual([
      'lib/modelarts/reading',
    ]);
  });

  test('do not import what only a machine or a test has, not even its types', () => {
    expect(faults(deployed, (_, { target }) => /^(local|cli|test|console)\//.test(target))).toEqual([]);
    expect(faults(page, (_, { target }) => /^(local|cli|test)\//.test(target))).toEqual([]);
    expect(faults(sourceFiles('local'), (_, { target }) => /^(cli|test)\//.test(target))).toEqual([]);
    expect(faults(sourceFiles('cli'), (_, { target }) => target.startsWith('test/'))).toEqual([]);
  });

  // package.json says that modules have no side effects, so a bundler drops such an import without a word.
  test('import no module for its effect alone, except styles', () => {
    const bundled = [...deployed, ...page, ...sourceFiles('local', 'cli')];
    const bare = bundled.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/^import '([^']+)'/gm), ([, specifier = '']) => `${file} → ${specifier}`),
    );
    expect(bare.filter((one) => !one.endsWith('.css'))).toEqual([]);
  });

  test('share with the page only what a browser can run', () => {
    const code = faults(page, (_, { target, typesOnly }) => {
      const isOwn = target.startsWith('console/') || /^(preact|@preact\/signals|uplot)(\/|$)/.test(target);
      return !isOwn && !typesOnly && !isWithin(roomOf(target), SHARED_WITH_PAGE);
    });
    expect(code).toEqual([]);
  });

  test('and files import each other in no circle', () => {
    const imports = new Map(
      [...deployed, ...page].map(({ file, imports: all }) => [
        file,
        all.filter(({ typesOnly }) => !typesOnly).map(({ target }) => target),
      ]),
    );
    const finished = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      else if (!finished.has(file)) for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
      finished.add(file);
    };
    for (const file of imports.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('hold every file that is imported', () => {
    const missing = faults(everything, (_, { specifier, target }) =>
      /^[#.]/.test(specifier) ? !existsSync(path.join(root, target)) : false,
    );
    expect(missing).toEqual([]);
  });
});

describe('packages', () => {
  test.each(Object.entries(PACKAGES))('%s is known only in %j', (name, rooms) => {
    const elsewhere = everything.filter(
      ({ file }) => !isWithin(roomOf(file), rooms) && !file.startsWith('test/'),
    );
    expect(faults(elsewhere, (_, { specifier }) => packageOf(specifier) === name)).toEqual([]);
  });

  test('of the deployed code are those that are listed, zod and Node.js', () => {
    const unknown = faults(deployed, (_, { specifier }) => {
      const known = /^(#|\.|node:|poolkeeper:)/.test(specifier) || packageOf(specifier) === 'zod';
      return !known && !(packageOf(specifier) in PACKAGES);
    });
    expect(unknown).toEqual([]);
  });
});

describe('zod', () => {
  test('is imported whole, `import * as z`, which alone leaves its forty languages out of a bundle', () => {
    // A peer of the benchmarks is as people write it.
    const ours = everything.filter(({ file }) => !file.startsWith('test/bench/peers/'));
    const named = ours.flatMap(({ file, imports }) =>
      imports
        .filter(({ specifier, typesOnly }) => specifier === 'zod' && !typesOnly)
        .filter(({ statement }) => !statement.startsWith('import * as z from'))
        .map(({ statement }) => `${file}: ${statement}`),
    );
    expect(named).toEqual([]);
  });

  test('is not asked for a namespace within it: z.core and z.locales as values bring all of zod along', () => {
    const whole = deployed
      .filter(({ text }) => /\bz\.(core|locales|util)\.[a-z]/.test(text))
      .map(({ file }) => file);
    expect(whole).toEqual([]);
  });
});

test('the environment of the process is read in one place', () => {
  const readers = deployed.filter(({ text }) => /\bprocess\.env\b|from 'node:process'/.test(text));
  expect(readers.map(({ file }) => file)).toEqual(['lib/environment.ts']);
});

test('the time of the machine and its chance come in at the edges alone', () => {
  const readers = deployed.filter(({ text }) =>
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/.test(text.replaceAll(/\/\*.*?\*\//gs, '')),
  );
  const edges = new Set(['lib/environment', 'lib/services', 'lib/clock', 'lib/handler', 'lib/log']);
  expect(readers.map(({ file }) => file).filter((file) => !edges.has(roomOf(file)))).toEqual([]);
});

test('what is printed goes through printable', () => {
  const printing = /\bconsole\.(?:log|error|warn|info)\b|\bstd(?:out|err)\.write\(/;
  const printers = [...deployed, ...sourceFiles('local', 'cli')]
    // A usage is the program's own text.
    .filter(({ text }) => printing.test(text.replaceAll('process.stdout.write(usage)', '')))
    .filter(({ text }) => !/\bprintable\b/.test(text));
  expect(printers.map(({ file }) => file)).toEqual([]);
});

describe('a function', () => {
  const functions = sourceFiles('functions');
  const folders = '{alerts,commands,queue,schedules,tag-policies}';
  const samples = globSync(`events/${folders}/*.json`, { cwd: root }).map((file) => ({
    name: path.relative('events', file).slice(0, -'.json'.length),
    payload: JSON.parse(readFileSync(path.join(root, file), 'utf8')),
  }));

  test.each(functions.map(({ file, text }) => [file, text] as const))('is a declaration: %s', (_, text) => {
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(60);
    expect(text).toMatch(/^export const handler = on(Queue|Http|Schedule)\(/m);
  });

  test.each(
    functions
      .filter(({ text }) => text.includes('handle: act('))
      .map(({ file }) => path.basename(file, '.ts')),
  )('that takes commands has a sample of one: %s', (name) => {
    expect(samples.map((sample) => sample.name)).toContain(`commands/${name}`);
  });

  test.each(samples)('accepts the sample: $name', ({ name, payload }) => {
    const [kind, subject] = name.split('/');
    if (kind === 'tag-policies') {
      expect(TagPolicyMessage.parse(payload).scope.pool).toBe('train-a');
    } else if (kind === 'schedules') {
      expect(ScheduledEvent.or(ScheduleFiring).safeParse(payload).success).toBe(true);
    } else if (kind === 'commands' || kind === 'queue') {
      const { action } = Command.parse(payload);
      expect(subject).toMatch(new RegExp(`^${action}(-|$)`));
    } else {
      expect(kind).toBe('alerts');
      expect(readAlertmanager(AlertmanagerBody.parse(payload), 0).alerts.length).toBeGreaterThan(0);
    }
  });
});

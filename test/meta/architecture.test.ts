import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertmanagerNotification } from '#events/alertmanager';
import { Command } from '#events/command';
import { ScheduledEvent, ScheduleFiring } from '#events/schedule';
import { TagPolicyMessage } from '#events/tag-policy';
import { type SourceFile, sourceFiles } from './source-files.ts';

const root = path.resolve(import.meta.dirname, '../..');
const deployed = sourceFiles('functions', 'events', 'lib');
const everything = [...deployed, ...sourceFiles('local', 'test')];

/**
 * From which rooms a room may import code; types cross freely. A room is a folder, or a file that lies directly in `lib`.
 * docs/design.md says the same in words.
 */
const ROOMS: Record<string, readonly string[]> = {
  functions: [
    'events',
    'lib/handler',
    'lib/decision',
    'lib/guards',
    'lib/verification',
    'lib/remediation',
    'lib/ledger',
    'lib/modelarts',
    'lib/rules',
    'lib/services',
    'lib/console',
    'lib/journal',
    'lib/tag-policy',
    'lib/schedule',
    'lib/notify',
    'lib/sweep',
  ],
  'lib/console': [
    'events',
    'lib/handler',
    'lib/journal',
    'lib/remediation',
    'lib/ledger',
    'lib/rules',
    'lib/hash',
  ],
  'lib/journal': ['lib/handler', 'lib/decision', 'lib/ledger', 'lib/rules'],
  'lib/services': [
    'lib/aws',
    'lib/modelarts',
    'lib/notify',
    'lib/rules',
    'lib/config',
    'lib/secrets',
    'lib/clock',
    'lib/log',
    'lib/handler',
    'lib/callers',
  ],
  'lib/secrets': ['lib/aws', 'lib/config', 'lib/log'],
  'lib/config': ['lib/callers'],
  'lib/callers': [],
  'lib/handler': ['lib/log', 'lib/once', 'lib/field-problems'],
  'lib/remediation': [
    'events',
    'lib/decision',
    'lib/alerts',
    'lib/guards',
    'lib/verification',
    'lib/ledger',
    'lib/modelarts',
    'lib/rules',
    'lib/aws',
    'lib/hash',
    // What HTTP and queues have in common with it: problems worded by field, and what is delivered again.
    'lib/handler',
    'lib/journal',
    'lib/concurrency',
  ],
  'lib/sweep': ['lib/remediation', 'lib/notify', 'lib/ledger'],
  // Producers of commands.
  'lib/tag-policy': [
    'events',
    'lib/remediation',
    'lib/guards',
    'lib/ledger',
    'lib/modelarts',
    'lib/rules',
    'lib/hash',
    'lib/handler',
  ],
  'lib/schedule': ['events', 'lib/remediation', 'lib/guards', 'lib/ledger', 'lib/modelarts', 'lib/rules'],
  // What people are told, and how.
  'lib/notify': [
    'events',
    'lib/remediation',
    'lib/ledger',
    'lib/modelarts',
    'lib/rules',
    'lib/hash',
    'lib/handler',
    'lib/printable',
  ],
  'lib/decision': ['events', 'lib/rules', 'lib/hash', 'lib/field-problems'],
  'lib/alerts': [],
  'lib/verification': ['lib/guards', 'lib/modelarts', 'lib/rules'],
  'lib/guards': ['lib/modelarts', 'lib/rules'],
  'lib/ledger': ['lib/rules'],
  events: ['lib/rules', 'lib/modelarts'],
  'lib/rules': ['lib/modelarts'],
  'lib/modelarts': ['lib/hash', 'lib/concurrency'],
  'lib/aws': ['lib/once', 'lib/concurrency', 'lib/ledger'],
  'lib/field-problems': [],
  'lib/log': ['lib/printable'],
  'lib/printable': [],
  'lib/once': [],
  'lib/bounds': [],
  'lib/concurrency': [],
  'lib/hash': [],
  'lib/clock': [],
};

/** Packages, and the only rooms that know them. Tests may use any. */
const PACKAGES: Record<string, readonly string[]> = {
  '@middy/core': ['lib/handler'],
  'aws-lambda': ['lib/handler', 'local'],
  undici: ['lib/modelarts', 'lib/notify'],
  '@aws-lite/client': ['lib/aws'],
  '@aws-lite/dynamodb': ['lib/aws'],
  '@aws-lite/dynamodb-types': ['lib/aws'],
  yaml: ['lib/rules', 'local'],
  esbuild: ['local'],
  dynalite: ['local'],
  fauxqs: ['local'],
  '@aws-sdk/client-dynamodb': ['local'],
  '@aws-sdk/client-sqs': ['local'],
};

/** What comes from outside is held to bounds wherever it enters. */
const EVERYWHERE: readonly string[] = ['lib/bounds'];

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'lib' ? `lib/${path.basename(second, '.ts')}` : first;
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
    expect([...new Set(deployed.map(({ file }) => roomOf(file)))].sort()).toEqual(Object.keys(ROOMS).sort());
  });

  test('are described in docs/design.md, each that is a folder', () => {
    const table = readFileSync(path.join(root, 'docs/design.md'), 'utf8').matchAll(/^\| `([\w/-]+)\/` /gm);
    const folders = Object.keys(ROOMS).filter((room) => !existsSync(path.join(root, `${room}.ts`)));
    expect(Array.from(table, ([, room]) => room).sort()).toEqual([...folders, 'local'].sort());
  });

  test('import only from the rooms below them', () => {
    const upwards = faults(deployed, ({ file }, { target, typesOnly }) => {
      if (typesOnly || !target.endsWith('.ts')) return false;
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && !EVERYWHERE.includes(to) && !ROOMS[from]?.includes(to);
    });
    expect(upwards).toEqual([]);
  });

  test('do not import what only a machine or a test has, not even its types', () => {
    expect(faults(deployed, (_, { target }) => /^(local|test)\//.test(target))).toEqual([]);
    expect(faults(sourceFiles('local'), (_, { target }) => target.startsWith('test/'))).toEqual([]);
  });

  test('and files import each other in no circle', () => {
    const imports = new Map(
      deployed.map(({ file, imports: all }) => [
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
      ({ file }) => !rooms.includes(roomOf(file)) && !file.startsWith('test/'),
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
    const named = everything.flatMap(({ file, imports }) =>
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
  expect(readers.map(({ file }) => file)).toEqual(['lib/services.ts']);
});

test('the time of the machine and its chance come in at the edges alone', () => {
  const readers = deployed.filter(({ text }) =>
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/.test(text.replaceAll(/\/\*.*?\*\//gs, '')),
  );
  const edges = new Set(['lib/services', 'lib/clock', 'lib/handler', 'lib/log']);
  expect(readers.map(({ file }) => file).filter((file) => !edges.has(roomOf(file)))).toEqual([]);
});

test('what is printed goes through printable', () => {
  const printing = /\bconsole\.(?:log|error|warn|info)\b|\bstd(?:out|err)\.write\(/;
  const printers = [...deployed, ...sourceFiles('local')]
    // A usage is the program's own text.
    .filter(({ text }) => printing.test(text.replaceAll('process.stdout.write(usage)', '')))
    .filter(({ text }) => !/\bprintable\b/.test(text));
  expect(printers.map(({ file }) => file)).toEqual([]);
});

describe('a function', () => {
  const functions = sourceFiles('functions');
  const samples = globSync('events/*.json', { cwd: root }).map((file) => ({
    name: path.basename(file, '.json'),
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
    expect(samples.map((sample) => sample.name)).toContain(`command-${name}`);
  });

  test.each(samples)('accepts the sample: $name', ({ name, payload }) => {
    const [kind, ...rest] = name.split('-');
    if (name.startsWith('tag-policy-')) {
      expect(TagPolicyMessage.parse(payload).scope.pool).toBe('train-a');
    } else if (kind === 'schedule') {
      expect(ScheduledEvent.or(ScheduleFiring).safeParse(payload).success).toBe(true);
    } else if (kind === 'command' || kind === 'queue') {
      const { action } = Command.parse(payload);
      expect(rest.join('-')).toMatch(new RegExp(`^${action}(-|$)`));
    } else {
      expect(kind).toBe('alert');
      expect(AlertmanagerNotification.parse(payload).alerts.length).toBeGreaterThan(0);
    }
  });
});

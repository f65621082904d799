import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { commandTable } from '#cli/command-table';
import { operations } from '#local/openapi/operations';
import { root } from './blocks.ts';
import { commandsIn } from './shell-words.ts';

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));

/** docs/cli.md has the help of each command as it is: test/cli/page.test.ts. */
const help = readFileSync(path.join(root, 'docs/cli.md'), 'utf8');

/** The npm scripts that are commands of Poolkeeper. */
const ALIASES = ['start', 'send', 'redrive', 'simulator'];

/** Programs of others, which no test here can run. `bash -n` reads their lines all the same. */
const FOREIGN =
  'git cd alias echo read printf for do done setting() } aws openssl tr sed node xargs jq amtool promtool vmalert sudo systemctl journalctl systemd-analyze install useradd cp tar mkdir nginx caddy chmod ln crontab test'.split(
    ' ',
  );

/** Every mistake in a shell text. */
export function mistakesInShell(text: string): string[] {
  // `<message id>` stands for a word of the reader's own.
  const filled = text.replaceAll(/<[a-z][a-z ]*>/g, 'PLACEHOLDER');
  const { status, stderr } = spawnSync('bash', ['-n'], { input: filled, encoding: 'utf8' });
  return [
    ...(status === 0 ? [] : [stderr]),
    ...commandsIn(filled).flatMap(mistakesInCommand),
    ...missingFiles(filled),
  ];
}

function mistakesInCommand(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^(?:[A-Z_a-z]+=|export$)/.test(word));
  const [program, ...args] = first === -1 ? [] : words.slice(first);
  if (program === undefined) return [];
  if (program === 'poolkeeper') return mistakesInCommandLine(args);
  if (program === 'npm') return mistakesInNpm(args);
  if (program === 'npx') return mistakesInNpx(args);
  if (program === 'curl') return mistakesInCurl(args);
  // The script of docs/operate/self-hosting, and other programs, as another user.
  if (program === 'sudo' && args[0] === 'poolkeeper') return mistakesInCommandLine(args.slice(1));
  return FOREIGN.includes(program) ? [] : [`${program}: this test does not know the program`];
}

/** A command line of Poolkeeper: its command, and each of its flags. */
export function mistakesInCommandLine([command = '', ...args]: readonly string[]): string[] {
  if (command === '--help' || command === '--version') return [];
  if (!Object.keys(commandTable).includes(command))
    return [`poolkeeper ${command}: there is no such command`];
  const [, usage = ''] =
    new RegExp(`^Usage: poolkeeper ${command} ([\\s\\S]*?)^\`\`\``, 'm').exec(help) ?? [];
  const flags = args.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/s, ''));
  return flags
    .filter((flag) => !new RegExp(`${flag}(?![\\w-])`).test(usage))
    .map((flag) => `poolkeeper ${command}: there is no ${flag}`);
}

function mistakesInNpm(args: readonly string[]): string[] {
  const [command = '', ...rest] = args;
  if (['ci', 'install', 'pack', 'test'].includes(command)) return [];
  if (command === 'start') return mistakesInCommandLine(['start', ...afterDashes(rest)]);
  if (command !== 'run') return [`npm ${command}: this test does not know the command`];
  const script = rest.find((word) => !word.startsWith('-')) ?? '';
  if (scripts[script] === undefined) return [`npm run ${script}: there is no such script`];
  if (script === 'poolkeeper') return mistakesInCommandLine(afterDashes(rest));
  return ALIASES.includes(script) ? mistakesInCommandLine([script, ...afterDashes(rest)]) : [];
}

function afterDashes(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--');
  return at === -1 ? [] : words.slice(at + 1);
}

function mistakesInNpx([program = '', command = '', ...args]: readonly string[]): string[] {
  if (program === 'poolkeeper') return mistakesInCommandLine([command, ...args]);
  if (program === 'vitest') return [];
  const isKnown =
    program === 'serverless' && ['deploy', 'package', 'print', 'remove', 'rollback'].includes(command);
  return isKnown ? [] : [`npx ${program} ${command}: this test does not know the command`];
}

/** A request to Poolkeeper is one of its routes, with the method of the route. */
function mistakesInCurl(args: readonly string[]): string[] {
  const address = args.find((word) => /^\$\{?URL|^PLACEHOLDER\/|^http:\/\/localhost:3000/.test(word));
  if (address === undefined) return [];
  const asked = address
    .replace(/^\$\{?URL\}?|^PLACEHOLDER|^http:\/\/localhost:3000/, '')
    .replace(/\?.*/s, '');
  const method = args[args.findIndex((word) => word === '-X' || word === '--request') + 1];
  const wanted = args.some((word) => word === '-X' || word === '--request') ? method : 'GET';
  const isRoute = Object.keys(operations).some((route) => {
    const [of, pattern = ''] = route.split(' ');
    return of === wanted && new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked);
  });
  return isRoute ? [] : [`curl: there is no route ${wanted} ${asked}`];
}

/** Samples that the text names, and that are not there. */
function missingFiles(text: string): string[] {
  return Array.from(
    text.matchAll(/(?<![\w/])(?:events|docs)\/[\w./-]*\.(?:json|ndjson|yml)/g),
    ([file]) => file,
  )
    .filter((file) => !existsSync(path.join(root, file)))
    .map((file) => `${file}: there is no such file`);
}

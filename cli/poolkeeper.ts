import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#lib/clock';
import { complain } from '#local/screen/complain';
import { errorsOn } from '#local/screen/journal';
import { createScreen } from '#local/screen/screen';
import { stopSignal } from '#local/start/stop-signal';
import { runCommandLine } from './application.ts';
import { COMPLETE, completionLines } from './completion/proposals.ts';
import type { Context } from './context.ts';

/** The surroundings of a command in this process. */
function processContext(): Context {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const root = path.resolve(here, '..');
  const isCheckout = existsSync(path.join(root, 'cli/poolkeeper.ts'));
  let signal: AbortSignal | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    // Its reader has gone, as in `poolkeeper list | head -1`. A command with a signal ends by it.
    stream.on('error', () => {
      if (signal === undefined) process.exit();
    });
  }
  return {
    process: {
      stdout: process.stdout,
      stderr: errorsOn(process.stderr),
      env: process.env,
      set exitCode(code: number | string | null) {
        process.exitCode = code ?? undefined;
      },
      get exitCode() {
        return process.exitCode ?? null;
      },
    },
    environment: process.env,
    directory: process.cwd(),
    home: { root, isCheckout, data: dataFolder(isCheckout ? root : process.cwd()) },
    screen: createScreen(process.stdout),
    output: process.stdout,
    errors: process.stderr,
    complain,
    get input() {
      return process.stdin;
    },
    ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : undefined,
    clock: systemClock,
    stopSignal: () => (signal ??= stopSignal()),
  };
}

/** POOLKEEPER_DATA, or else the usual one. */
function dataFolder(usual: string): string {
  const named = process.env['POOLKEEPER_DATA'];
  return named === undefined || named === '' ? usual : path.resolve(named);
}

/** Asks on standard error, so that the answer of a command alone goes to a file or a pipe. */
async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

const args = process.argv.slice(2);
const context = processContext();
if (args[0] === COMPLETE) {
  // Not through the screen, which spells out tabs. The lines have gone through `printable` already.
  for (const line of await completionLines(args.slice(1), context)) process.stdout.write(`${line}\n`);
} else {
  await runCommandLine(args, context);
}

import path from 'node:path';
import { parseArgs } from 'node:util';
import { TargetError } from './client/target.ts';
import { findDeadLetters } from './redrive/find-dead-letters.ts';
import { redrive } from './redrive/redrive.ts';
import { complain, endWith } from './screen/complain.ts';
import { createScreen } from './screen/screen.ts';

const usage = `Usage: npm run redrive -- [--send <message id>]… [--send-safe] [--delete <message id>]… [--stage <stage>]

Shows every dead letter of the system that \`npm start\` runs: its content, its reason, its first and its last error, its
outcome, and whether to send it back.

  --send <id>     puts it back on its queue. A command sent back is still the same command: its id decides
  --send-safe     does so with every one that is safe to send back
  --delete <id>   deletes it for good
  --stage <name>  the dead letters of that stage on AWS, with the region and the credentials of the environment. It shows
                  the outcome of commands if POOLKEEPER_URL and POOLKEEPER_CONSOLE_TOKEN are set

It ends with 1 if an order failed.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      send: { type: 'string', multiple: true, default: [] },
      'send-safe': { type: 'boolean', default: false },
      delete: { type: 'string', multiple: true, default: [] },
      stage: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const root = path.resolve(import.meta.dirname, '..');
  const source = await findDeadLetters(root, values.stage, process.env);
  const screen = createScreen(process.stdout);
  screen.line(`Dead letters of ${source.name}`);
  screen.line();
  try {
    const orders = { send: values.send, sendSafe: values['send-safe'], delete: values.delete };
    const failures = await redrive(source, orders, screen);
    for (const failure of failures) complain(failure);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    source.sqs.destroy();
  }
}

function isForTheReader(error: unknown): error is Error {
  return (
    error instanceof TargetError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

await main().catch((error: unknown) => {
  endWith(error, isForTheReader);
});

import path from 'node:path';
import { parseArgs } from 'node:util';
import { RequestError } from './client/http-json.ts';
import { createLedger } from './client/ledger.ts';
import { createSimulatedWorld } from './client/simulated-world.ts';
import { findTarget, TargetError } from './client/target.ts';
import { endWith } from './screen/complain.ts';
import { createScreen } from './screen/screen.ts';
import { onQueue, PayloadError, readPayload } from './send/payload.ts';
import { sampleList } from './send/samples.ts';
import { sendAndFollow } from './send/send-and-follow.ts';
import { stopSignal } from './start/stop-signal.ts';

const usage = `Usage: npm run send -- <file> [--queue] [--as-is] [--real]

Sends alerts, a command, a tag policy or the firing of a schedule to the system that \`npm start\` runs, and follows
it. Without a file it lists the samples in events/. In place of a file, pack/<rule> is the sample alert of a
rule of a pack, such as pack/NT_NPU_CARD_LOSE; the rules file must extend the pack.

  --queue   puts a command on the queue of its action, as any producer does, instead of the HTTP API; a file whose
            name begins with queue-
  --as-is   sends the file as it is. Otherwise its times become now, and the nodes of its alerts become faulty in the
            simulator
  --real    sends it although the system calls the real API
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'as-is': { type: 'boolean', default: false },
      queue: { type: 'boolean', default: false },
      real: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (file === undefined || others.length > 0)
    throw new PayloadError(`Name the file to send.\n\n${usage}\n${sampleList()}`);

  const signal = stopSignal();
  const screen = createScreen(process.stdout);
  const read = await readPayload(file);
  const payload = values.queue ? onQueue(read) : read;
  const target = await findTarget(path.resolve(import.meta.dirname, '..'), process.env);
  if (target.simulatorUrl === undefined && !values.real) {
    throw new TargetError(
      `${target.url} does not call its own simulator: this file can wipe a machine. Add --real if you mean it.`,
    );
  }
  screen.line(`${screen.paint('strong', path.relative('.', file))} → ${target.url}`);
  try {
    await sendAndFollow(payload, {
      ledger: createLedger(target, signal),
      ...(target.simulatorUrl && { world: createSimulatedWorld(target.simulatorUrl, signal) }),
      target,
      screen,
      asIs: values['as-is'],
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.line('  No longer followed; it goes on.');
  }
}

function isForTheReader(error: unknown): error is Error {
  return (
    error instanceof PayloadError ||
    error instanceof TargetError ||
    error instanceof RequestError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

await main().catch((error: unknown) => {
  endWith(error, isForTheReader);
});

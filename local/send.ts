import path from 'node:path';
import { parseArgs } from 'node:util';
import { listed } from '#lib/sentences/english';
import { RequestError } from './client/http-json.ts';
import { createLedger } from './client/ledger.ts';
import { createSimulatedWorld } from './client/simulated-world.ts';
import { findTarget, TargetError } from './client/target.ts';
import { endWith } from './screen/complain.ts';
import { createScreen, type Screen } from './screen/screen.ts';
import { byHand } from './send/by-hand.ts';
import { onQueue, PayloadError, readPayload } from './send/payload.ts';
import { leavesNodesWell, sampleList } from './send/samples.ts';
import { sendAndFollow } from './send/send-and-follow.ts';
import { stopSignal } from './start/stop-signal.ts';

const root = path.resolve(import.meta.dirname, '..');

const usage = `Usage: npm run send -- <file> [--queue] [--as-is] [--real]
       npm run send -- --list | --heal

Sends alerts, a command, a tag policy or the firing of a schedule to the system that \`npm start\` runs, and follows
it. In place of a file, pack/<rule> is the sample alert of a rule of a pack, such as pack/NT_NPU_CARD_LOSE; the
rules file must extend the pack.

  --list    lists the samples in events/
  --heal    makes every faulty node of the simulator well

  --queue   puts a command on the queue of its action, as any producer does, instead of the HTTP API; a file whose
            name begins with queue-
  --as-is   sends the file as it is. Otherwise its times become now, and the nodes that it reports as lost become faulty
            in the simulator
  --real    sends it although the system calls the real API
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'as-is': { type: 'boolean', default: false },
      queue: { type: 'boolean', default: false },
      real: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      heal: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const screen = createScreen(process.stdout);
  if (values.list) {
    await list(screen);
    return;
  }
  const signal = stopSignal();
  if (values.heal) {
    await heal(screen, signal);
    return;
  }
  if (file === undefined || others.length > 0)
    throw new PayloadError(`Name one file to send.\n\n${usage}\n${sampleList()}`);

  const read = await readPayload(file);
  const payload = values.queue ? onQueue(read) : read;
  const target = await findTarget(root, process.env);
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
      nodesStayWell: leavesNodesWell(path.relative(root, path.resolve(file))),
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.line('  No longer followed; it goes on.');
  }
}

/** Lists the samples and, for a running system, commands by hand. */
async function list(screen: Screen): Promise<void> {
  for (const line of sampleList().split('\n')) screen.line(line);
  const target = await findTarget(root, process.env).catch((error: unknown) => {
    if (error instanceof TargetError) return undefined;
    throw error;
  });
  if (!target) return;
  for (const line of ['By hand:', '']) screen.line(line);
  for (const line of byHand(target).split('\n')) screen.line(line);
}

/** Makes every faulty node of the simulator well. */
async function heal(screen: Screen, signal: AbortSignal): Promise<void> {
  const { simulatorUrl, url } = await findTarget(root, process.env);
  if (simulatorUrl === undefined)
    throw new TargetError(`${url} does not call its own simulator: Poolkeeper alone makes its nodes well.`);
  const healed = await createSimulatedWorld(simulatorUrl, signal).heal();
  screen.line(
    healed.length === 0 ? 'Every node is well.' : `Well again in the simulator: ${listed(healed, 12)}`,
  );
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

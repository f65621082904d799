import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { findTarget, TargetError } from '#local/client/target';
import { healNodes, listSamples, readFileToSend, sendFile } from '#local/send';
import { PayloadError } from '#local/send/payload';
import { sampleList } from '#local/send/samples';
import type { Context } from '../../context.ts';
import { flag } from '../../flags.ts';

type Flags = { queue: boolean; asIs: boolean; real: boolean; list: boolean; heal: boolean };

async function run(
  this: Context,
  { queue, asIs, real, list, heal }: Flags,
  file: string | undefined,
): Promise<void> {
  const { root, data } = this.home;
  const { screen } = this;
  if (list) {
    listSamples(await findTarget(data, this.environment).catch(ifNoneRuns), screen);
    return;
  }
  const signal = this.stopSignal();
  if (heal) {
    await healNodes(await findTarget(data, this.environment), { screen, signal });
    return;
  }
  if (file === undefined) throw new PayloadError(`Name one file to send.\n\n${sampleList()}`);
  const payload = await readFileToSend(file, { queue });
  const target = await findTarget(data, this.environment);
  if (target.simulatorUrl === undefined && !real) {
    throw new TargetError(
      `${target.url} does not call its own simulator: this file can wipe a machine. Add --real if you mean it.`,
    );
  }
  await sendFile(path.resolve(file), payload, { root, target, screen, asIs, signal });
}

function ifNoneRuns(error: unknown): undefined {
  if (!(error instanceof TargetError)) throw error;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Sends alerts, a command, a tag policy or the firing of a schedule to the system that
runs here, and follows it to its end. In place of a file, pack/<rule> is the sample
alert of a rule of a pack, such as pack/NT_NPU_CARD_LOSE; the rules file must extend
the pack.`,
    },
    parameters: {
      flags: {
        queue: flag('Puts a command on the queue of its action, as any producer does'),
        asIs: flag('Sends the file as it is: times stay, and no node becomes faulty'),
        real: flag('Sends it although the system calls the real API'),
        list: flag('Lists the samples in events/'),
        heal: flag('Makes every faulty node of the simulator well'),
      },
      positional: {
        kind: 'tuple',
        parameters: [
          { brief: 'The file to send, or pack/<rule>', parse: String, placeholder: 'file', optional: true },
        ],
      },
    },
    func: run,
  });
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { firstToken } from '#lib/callers';
import { findRunningSystem } from '#local/client/system-file';
import type { Target } from '#local/client/target';
import { healNodes, listSamples, readFileToSend, sendFile } from '#local/send';
import { PayloadError } from '#local/send/payload';
import { sampleFile, sampleList, samples } from '#local/send/samples';
import { confirm } from '../../acting/confirm.ts';
import { findConnection } from '../../client/connection.ts';
import { createRoutes } from '../../client/routes.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, textApart, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag } from '../../flags.ts';

type Flags = ConnectionFlags & {
  queue: boolean;
  asIs: boolean;
  yes: boolean;
  list: boolean;
  heal: boolean;
  json: boolean;
};

async function run(
  this: Context,
  { queue, asIs, yes, list, heal, json, ...connection }: Flags,
  named: string | undefined,
): Promise<void> {
  const { root } = this.home;
  const { screen } = json ? textApart(this) : this;
  if (list) {
    if (json) return writeJson(this, { samples });
    listSamples(await targetOf(this, connection).catch(ifNoneIsKnown), screen, root);
    return;
  }
  const signal = this.stopSignal();
  if (heal) {
    const healed = await healNodes(await targetOf(this, connection), { screen, signal });
    if (json) writeJson(this, { healed });
    return;
  }
  if (named === undefined) throw new PayloadError(`Name one file to send.\n\n${sampleList()}`);
  const file = existsSync(named) ? named : (sampleFile(named, root) ?? named);
  const payload = await readFileToSend(file, { queue });
  const target = await targetOf(this, connection);
  if (target.simulatorUrl === undefined && !(await isSimulated(target, signal))) {
    const what = `${target.url} calls the real API of ModelArts: ${named} can wipe a machine.`;
    await confirm(this, { what, yes });
  }
  const remediations = await sendFile(path.resolve(file), payload, { root, target, screen, asIs, signal });
  if (json) writeJson(this, { file: named, url: target.url, remediations });
}

/** The system to send to. Only one that runs here announces its queues, its functions and its simulator. */
async function targetOf(context: Context, flags: ConnectionFlags): Promise<Target> {
  const { url, consoleToken, isLocal, mayShowToken } = await findConnection(context, flags);
  const running = isLocal ? await findRunningSystem(context.home.data) : undefined;
  if (running) return running;
  const webhook = context.environment['POOLKEEPER_WEBHOOK_TOKEN'] ?? '';
  return {
    url,
    consoleToken,
    webhookToken: firstToken(webhook),
    webhookTokenVariable: 'POOLKEEPER_WEBHOOK_TOKEN',
    ...(!mayShowToken && { consoleTokenVariable: 'POOLKEEPER_CONSOLE_TOKEN' }),
  };
}

async function isSimulated(target: Target, signal: AbortSignal): Promise<boolean> {
  const { url, consoleToken } = target;
  const routes = createRoutes({ url, consoleToken, isLocal: false, mayShowToken: false }, signal);
  return (await routes.me()).system.simulated;
}

function ifNoneIsKnown(error: unknown): undefined {
  if (!(error instanceof CommandError)) throw error;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Sends alerts, a command, a tag policy or the firing of a schedule to a system, and
follows it to its end. In place of a file, pack/<rule> is the sample alert of a rule of a pack, such as
pack/NT_NPU_CARD_LOSE; the rules file must extend the pack. Alerts need
POOLKEEPER_WEBHOOK_TOKEN, if the system does not run here. Against the real API it asks first; without a terminal
it needs --yes.`,
    },
    parameters: {
      flags: {
        queue: flag('Puts a command on the queue of its action, as any producer does'),
        asIs: flag('Sends the file as it is: times stay, and no node becomes faulty'),
        yes: flag('Does not ask'),
        list: flag('Lists the samples in events/'),
        heal: flag('Makes every faulty node of the simulator well'),
        json: flag('Writes { file, url, remediations } as JSON at the end, and the texts to standard error'),
        ...connectionFlags,
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

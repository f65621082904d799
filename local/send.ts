import path from 'node:path';
import { listed } from '#lib/sentences/english';
import { createLedger, type Remediation } from './client/ledger.ts';
import { createSimulatedWorld } from './client/simulated-world.ts';
import { type Target, TargetError } from './client/target.ts';
import type { Screen } from './screen/screen.ts';
import { byHand } from './send/by-hand.ts';
import { onQueue, type Payload, readPayload } from './send/payload.ts';
import { leavesNodesWell, sampleList } from './send/samples.ts';
import { sendAndFollow } from './send/send-and-follow.ts';

type Surroundings = {
  /** The folder with the samples. */
  root: string;
  screen: Screen;
  signal: AbortSignal;
};

export type SendFileOptions = Surroundings & {
  target: Target;
  /** Sends the file unchanged. */
  asIs: boolean;
};

/** Reads a file to send. `queue`: its command goes on the queue of its action, as from any producer. @throws PayloadError */
export async function readFileToSend(file: string, { queue }: { queue: boolean }): Promise<Payload> {
  const payload = await readPayload(file);
  return queue ? onQueue(payload) : payload;
}

/**
 * Sends a file, and follows the result to its end, or until the signal aborts: what was sent goes on then.
 *
 * @returns the remediations as they were last seen; none after the signal.
 */
export async function sendFile(
  file: string,
  payload: Payload,
  { root, target, screen, asIs, signal }: SendFileOptions,
): Promise<Remediation[]> {
  screen.line(`${screen.paint('strong', path.relative('.', file))} → ${target.url}`);
  try {
    return await sendAndFollow(payload, {
      ledger: createLedger(target, signal),
      ...(target.simulatorUrl && { world: createSimulatedWorld(target.simulatorUrl, signal) }),
      target,
      screen,
      asIs,
      nodesStayWell: leavesNodesWell(path.relative(root, path.resolve(file))),
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.line('  No longer followed; it goes on.');
    return [];
  }
}

/** Lists the samples and, for a running system, commands by hand. `root`: the folder with the samples. */
export function listSamples(target: Target | undefined, screen: Screen, root: string): void {
  for (const line of sampleList().split('\n')) screen.line(line);
  if (!target) return;
  for (const line of ['By hand:', '']) screen.line(line);
  const sample = path.relative('.', path.join(root, 'events/alerts/by-address.json'));
  for (const line of byHand(target, sample).split('\n')) screen.line(line);
}

/** Makes every faulty node of the simulator well, and returns their names. @throws TargetError if the system calls the real API */
export async function healNodes(
  { simulatorUrl, url }: Target,
  { screen, signal }: Pick<Surroundings, 'screen' | 'signal'>,
): Promise<string[]> {
  if (simulatorUrl === undefined)
    throw new TargetError(`${url} does not call its own simulator: Poolkeeper alone makes its nodes well.`);
  const healed = await createSimulatedWorld(simulatorUrl, signal).heal();
  screen.line(
    healed.length === 0 ? 'Every node is well.' : `Well again in the simulator: ${listed(healed, 12)}`,
  );
  return healed;
}

import { systemClock } from '#lib/clock';
import { follow } from './follow.ts';
import type { Ledger, Remediation } from './ledger.ts';
import { asOfNow, namesInFiringAlerts, type Payload } from './payload.ts';
import type { Screen } from './screen.ts';
import { sendPayload } from './send-payload.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { RunningSystem } from './system-file.ts';

export type SendOptions = {
  ledger: Ledger;
  /** Absent: the API is not the simulator. */
  world?: SimulatedWorld | undefined;
  /** Absent: it is not known where the queues are. */
  sqs?: RunningSystem['sqs'] | undefined;
  screen: Screen;
  /** Sent as the file has it, and no node is made faulty. */
  asIs: boolean;
  /** It is followed no longer. */
  followForMs?: number;
  signal: AbortSignal;
};

/**
 * Sends a payload as if it had just happened, with the nodes that its alerts name made faulty in the simulator, and shows
 * what comes of it until it has ended.
 *
 * @returns the remediations as they were seen last.
 * @throws PayloadError, or a RequestError with the answer field by field.
 */
export async function sendAndFollow(payload: Payload, options: SendOptions): Promise<Remediation[]> {
  const { ledger, world, sqs, screen, asIs, followForMs = Number.POSITIVE_INFINITY, signal } = options;
  const broken = asIs ? [] : ((await world?.breakNodes(namesInFiringAlerts(payload))) ?? []);
  if (broken.length > 0)
    screen.columns('  ', `Faulty in the simulator from now on: ${broken.join(', ')}`, 'dim');

  const startedAtMs = systemClock.now();
  const ids = await sendPayload(asIs ? payload : asOfNow(payload, startedAtMs), { ledger, sqs }, screen);
  const followed = await follow(ids, {
    ledger,
    screen,
    ...(world && { progressOf: (jobId) => world.progressOf(jobId) }),
    startedAtMs,
    clock: systemClock,
    untilMs: startedAtMs + followForMs,
    signal,
  });
  if (followed.length < ids.length) {
    screen.line(
      `  Not in the ledger: ${ids.filter((id) => !followed.some((one) => one.id === id)).join(', ')}.`,
    );
  }
  return followed;
}

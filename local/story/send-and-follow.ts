import { systemClock } from '#lib/clock';
import { approvalLines } from './approval-lines.ts';
import { follow } from './follow.ts';
import type { Ledger, Remediation } from './ledger.ts';
import { asOfNow, namesInFiringAlerts, type Payload } from './payload.ts';
import type { Screen } from './screen.ts';
import { sendPayload } from './send-payload.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Target } from './target.ts';

export type SendOptions = {
  ledger: Ledger;
  /** Absent: the API is not the simulator. */
  world?: SimulatedWorld | undefined;
  target: Target;
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
  const { ledger, world, target, screen, asIs, followForMs = Number.POSITIVE_INFINITY, signal } = options;
  const broken = asIs ? [] : ((await world?.breakNodes(namesInFiringAlerts(payload))) ?? []);
  if (broken.length > 0)
    screen.columns('  ', `Faulty in the simulator from now on: ${broken.join(', ')}`, 'dim');

  const startedAtMs = systemClock.now();
  const { sqs, lambda } = target;
  const entrance = { ledger, sqs, lambda, clock: systemClock, signal };
  const ids = await sendPayload(asIs ? payload : asOfNow(payload, startedAtMs), entrance, screen);
  if (ids.length === 0 && nothingNew[payload.kind]) screen.columns('  ', nothingNew[payload.kind] ?? '');
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
  for (const remediation of followed) {
    sayHowToDecide(screen, remediation, target);
    if (remediation.state === 'deferred')
      screen.line(
        `  It goes on by itself. GET ${target.url}/remediations/${remediation.id} shows what becomes of it.`,
      );
  }
  return followed;
}

const nothingNew: Partial<Record<Payload['kind'], string>> = {
  'tag-policy':
    'No command came of it: the nodes are as the tag policies want them, or what was found is recorded already, or the ' +
    'message is among the dead letters of enforce-tag-policy. .poolkeeper/functions.log says which.',
  'scheduled-event':
    'No command came of it: the nodes are as the tag policies want them, or what was found is recorded already.',
};

/** Of a remediation that waits for an approval: the lines for a shell, to be copied in one piece. */
function sayHowToDecide(
  screen: Screen,
  remediation: Remediation,
  { url, consoleToken: value, consoleTokenVariable: variable }: Target,
): void {
  for (const { what, lines } of approvalLines(remediation, { url, consoleToken: { value, variable } })) {
    screen.line();
    screen.line(`  ${screen.paint('strong', what)}`);
    for (const line of lines) screen.line(`    ${line}`);
  }
}

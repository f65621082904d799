import { systemClock } from '#lib/clock';
import type { Ledger, Remediation } from '#local/client/ledger';
import type { SimulatedWorld } from '#local/client/simulated-world';
import type { Target } from '#local/client/target';
import type { Screen } from '#local/screen/screen';
import { approvalLines } from '#local/story/approval-lines';
import { follow } from '#local/story/follow';
import { asOfNow, namesInFiringAlerts, type Payload } from './payload.ts';
import { sendPayload } from './send-payload.ts';

export type SendOptions = {
  ledger: Ledger;
  /** Absent: the API is not the simulator. */
  world?: SimulatedWorld | undefined;
  target: Target;
  screen: Screen;
  /** Sends the file unchanged, and makes no node faulty. */
  asIs: boolean;
  /** Makes no node faulty: nothing repairs the nodes of its alerts. */
  nodesStayWell?: boolean;
  /** Ends the following. */
  followForMs?: number;
  signal: AbortSignal;
};

/**
 * Sends a payload with present times, makes the nodes of its alerts faulty in the simulator, and follows the result to its
 * end.
 *
 * @returns the last seen remediations.
 * @throws PayloadError, or a RequestError with the answer field by field.
 */
export async function sendAndFollow(payload: Payload, options: SendOptions): Promise<Remediation[]> {
  const { ledger, world, target, screen, asIs, nodesStayWell = false, signal } = options;
  const { followForMs = Number.POSITIVE_INFINITY } = options;
  const isFaulty = !asIs && !nodesStayWell;
  const broken = isFaulty ? ((await world?.breakNodes(namesInFiringAlerts(payload))) ?? []) : [];
  if (broken.length > 0)
    screen.columns('  ', `Faulty in the simulator from now on: ${broken.join(', ')}`, 'dim');

  const startedAtMs = systemClock.now();
  const { sqs, lambda, smn } = target;
  const entrance = { ledger, sqs, lambda, ...(smn && { smn }), clock: systemClock, signal };
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
        `  It goes on by itself. GET ${target.url}/remediations/${remediation.id} shows its progress.`,
      );
  }
  return followed;
}

const nothingNew: Partial<Record<Payload['kind'], string>> = {
  'tag-policy':
    'There is no new command: the nodes match the tag policies, or the ledger has the commands already, or the ' +
    'message is among the dead letters of enforce-tag-policy. The log of the functions says which.',
  'scheduled-event':
    'There is no new command: nothing has changed, no rule is about it, or the ledger has the commands already.',
};

/** For a remediation that waits for an approval: the lines for a shell, to copy in one piece. */
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

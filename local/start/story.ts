import path from 'node:path';
import { hasEnded } from '#lib/ledger/phase';
import { standingOf, targetsText, whyText } from '#lib/sentences/remediation';
import { spanText } from '#lib/sentences/time';
import { consolePage } from '#local/client/console-page';
import { RequestError } from '#local/client/http-json';
import type { Ledger, Remediation } from '#local/client/ledger';
import { createSimulatedWorld } from '#local/client/simulated-world';
import type { Target } from '#local/client/target';
import type { Screen } from '#local/screen/screen';
import { PayloadError, readPayload } from '#local/send/payload';
import { sendAndFollow } from '#local/send/send-and-follow';
import { NODES_PER_POOL, SPEED } from './start-simulator.ts';

const SAMPLE = 'events/alerts/npu-card-lost.json';
/** Several times the usual length of the story. After that, the lines of later changes tell it. */
const PATIENCE_MS = 90_000;

export type StoryOptions = {
  root: string;
  /** Whether the simulator demands keys from the environment. */
  usesOwnKeys: boolean;
  simulatorUrl: string;
  target: Target;
  ledger: Ledger;
  screen: Screen;
  signal: AbortSignal;
};

/** Makes a node of the simulator faulty, sends its alert, and shows the reaction of the system. */
export async function tellStory({
  root,
  usesOwnKeys,
  simulatorUrl,
  target,
  ledger,
  screen,
  signal,
}: StoryOptions): Promise<void> {
  screen.line();
  screen.columns(
    '',
    `ModelArts is simulated, with ${NODES_PER_POOL} nodes in each pool of the rules. Its clock runs ${SPEED} times as fast as yours, and ` +
      'polling, verification, deadlines and the pauses before another poll or try are shortened alike; cooldowns are not.' +
      (usesOwnKeys ? ' Your access key stays here: only MODELARTS_ENDPOINT leads to the real API.' : ''),
  );
  screen.line();
  screen.line(screen.paint('strong', `A node loses an NPU card  (${SAMPLE})`));
  try {
    const world = createSimulatedWorld(simulatorUrl, signal);
    const followed = await sendAndFollow(await readPayload(path.join(root, SAMPLE)), {
      ledger,
      target,
      world,
      screen,
      asIs: false,
      followForMs: PATIENCE_MS,
      signal,
    });
    if (followed.length === 0) {
      screen.columns('  ', 'Your rules ignore the sample alert: see above.', 'notable');
    }
    for (const remediation of followed) sumUp(screen, remediation, target);
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof PayloadError)) throw error;
    screen.columns('  ', `The story ends here: ${error.message}`, 'bad');
  }
}

/** The outcome in one line, and the address of its page. */
function sumUp(screen: Screen, remediation: Remediation, target: Target): void {
  const { id, state, why, receipts } = remediation;
  const tookMs = Date.parse(receipts.at(-1)?.at ?? '') - Date.parse(receipts[0]?.at ?? '');
  const took = Number.isNaN(tookMs) ? '' : `, ${spanText(tookMs)} after its alert`;
  const { text, tone } = standingOf(state);
  const { url, consoleToken: value, consoleTokenVariable: variable } = target;
  screen.line();
  screen.columns(
    '  In short   ',
    `${remediation.action} of ${targetsText(remediation)}: ${text}${took}`,
    tone,
  );
  if (!hasEnded(state)) screen.columns('             ', `It goes on: ${whyText(why)}`);
  screen.line(`  Its page   ${consolePage(url, { value, variable }, `/remediations/${id}`)}`);
}

import path from 'node:path';
import { hasEnded } from '#lib/ledger/phase';
import { RequestError } from '#local/client/http-json';
import type { Ledger } from '#local/client/ledger';
import { createSimulatedWorld } from '#local/client/simulated-world';
import type { Target } from '#local/client/target';
import type { Screen } from '#local/screen/screen';
import { PayloadError, readPayload } from '#local/send/payload';
import { sendAndFollow } from '#local/send/send-and-follow';
import { NODES_PER_POOL, SPEED } from './start-simulator.ts';

const SAMPLE = 'events/alert-npu-card-lost.json';
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
    for (const { state, why = 'the ledger has no reason' } of followed) {
      if (state === 'succeeded' || state === 'escalated') continue;
      const how = hasEnded(state)
        ? 'This time it ends differently'
        : 'This time it takes longer; the rest shows below';
      screen.columns('  ', `${how}. ${state}: ${why}.`, 'notable');
    }
  } catch (error) {
    if (!(error instanceof RequestError || error instanceof PayloadError)) throw error;
    screen.columns('  ', `The story ends here: ${error.message}`, 'bad');
  }
}

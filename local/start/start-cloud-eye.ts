import { randomUUID } from 'node:crypto';
import type { Rules } from '#lib/rules/rules';
import type { Simulator } from '#local/simulator/simulator';
import { createCloudEye } from '#local/smn/cloud-eye';
import { type Signer, signAs } from '#local/smn/sign-message';

const LOOK_EVERY_MS = 1_000;

type Options = {
  /** The rules in force. */
  rules: () => Pick<Rules, 'sources'>;
  simulator: Pick<Simulator, 'control'>;
  signer: Signer;
  /** The address of the HTTP API. */
  url: string;
};

/**
 * Lets Cloud Eye watch the simulator, and publish through SMN to the first topic that the rules file allows. It does nothing until
 * a person turns the simulator's `raisesAlarms` on, and while the rules file allows no topic.
 */
export function startCloudEye({ rules, simulator, signer, url }: Options): Disposable {
  const topic = (): string | undefined => rules().sources?.smn?.topics[0];
  const cloudEye = createCloudEye({
    state: () => simulator.control.state(),
    topic: () => topic() ?? '',
    now: Date.now,
    newId: () => randomUUID().replaceAll('-', ''),
    async publish(message) {
      const body = JSON.stringify(signAs(signer, message));
      const answer = await fetch(`${url}/alerts/smn`, { method: 'POST', body }).catch(() => undefined);
      // SMN, too, sends again only after a 5xx.
      return answer !== undefined && answer.status < 500;
    },
  });
  let isLooking = false;
  async function look(): Promise<void> {
    if (isLooking || topic() === undefined) return;
    isLooking = true;
    await cloudEye.look();
    isLooking = false;
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Table } from '#local/rehearsal/cloud/table';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { knock } from '../../cloud/http.ts';
import type { WithdrawalInput } from '../scenario.ts';
import { createPause } from './pause.ts';

/** A command that a person asked back, and how that was answered; absent while it has not been. */
export type Withdrawn = {
  remediation: string;
  atMs: number;
  answeredAtMs?: number;
  status?: number;
  by?: string;
};

const TRIES = 40;
const WAITS = ['deferred', 'awaiting-approval', 'submitting'];

/** People who take commands back. */
export function createWithdrawers(
  { scheduler, trace, chance, fate }: ProcessWorld,
  { deployment, table }: { deployment: Deployment; table: Table },
  { withdrawn }: { withdrawn: Withdrawn[] },
) {
  const pause = createPause({ scheduler });
  let busy = 0;

  function candidates({ of }: WithdrawalInput): string[] {
    return table
      .documents()
      .filter(({ pk }) => pk.startsWith('remediation#'))
      .map(({ value }) => value as any)
      .filter(({ state }) => of === 'any' || WAITS.includes(state))
      .flatMap(({ id }) => id ?? []);
  }

  async function takeBack(input: WithdrawalInput, attempt: number): Promise<void> {
    const all = candidates(input);
    if (all.length === 0) {
      if (attempt < 20 && !fate.isCalm())
        scheduler.at(scheduler.now() + 20_000, () => void takeBack(input, attempt + 1));
      return;
    }
    busy += 1;
    const id = chance.pick(all, input.id);
    if (input.thinksMs) await pause(input.thinksMs);
    const entry: Withdrawn = { remediation: id, atMs: scheduler.now() };
    withdrawn.push(entry);
    for (let again = 1; again <= TRIES; again += 1) {
      const answer = await knock(deployment, 'console', {
        route: 'POST /remediations/{id}/withdraw',
        path: { id },
        body: { by: 'the night shift' },
      });
      if (answer && answer.status < 500) {
        const { status, by } = answer;
        Object.assign(entry, { answeredAtMs: scheduler.now(), status, by });
        trace('a person', `takes ${id.slice(0, 6)} back: ${status} ${answer.body?.detail ?? ''}`);
        break;
      }
      await pause(5_000);
    }
    busy -= 1;
  }

  return { takeBack, isQuiet: () => busy === 0 };
}

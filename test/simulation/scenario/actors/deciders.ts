import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Table } from '#local/rehearsal/cloud/table';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { LOW_TOKENS } from '../../cloud/doors.ts';
import { type DoorAnswer, knock } from '../../cloud/http.ts';
import type { DecisionInput, KnockInput } from '../scenario.ts';
import { createPause } from './pause.ts';

/** A plan that a person decided on, and what the ledger showed them. */
export type Decided = {
  /** With the final decision: a person who names another plan approves a wrong hash. */
  input: DecisionInput;
  atMs: number;
  remediation: string;
  hash: string;
  plan: any;
  accepted: boolean;
  /** When it was answered, how, and who decided; absent while it has not been. */
  answeredAtMs?: number;
  status?: number;
  by?: string;
};

/** A request that the product must refuse, and its answer; undefined where there was none. */
export type Knocked = { input: KnockInput; atMs: number; answer: DoorAnswer | undefined };

const TRIES = 40;
const MOST_PAGES = 4;
const WRONG = 'f'.repeat(32);

/** People who look at the plans that wait and decide on them, rightly or by mistake; and others at the doors. */
export function createDeciders(
  { scheduler, trace, chance, fate }: ProcessWorld,
  { deployment, table }: { deployment: Deployment; table: Table },
  correspondence: { decided: Decided[]; knocked: Knocked[] },
) {
  const pause = createPause({ scheduler });
  let busy = 0;
  /** The hashes of the plans that each remediation has had. */
  const seen = new Map<string, Set<string>>();
  table.onWrite(({ document }) => {
    const { id, plan } = document['value'] as any;
    if (document.pk.startsWith('remediation#') && plan)
      seen.set(id, (seen.get(id) ?? new Set()).add(plan.hash));
  });

  function waiting(action?: string): any[] {
    return table
      .documents()
      .filter(({ pk }) => pk.startsWith('remediation#'))
      .map(({ value }) => value as any)
      .filter((one) => one.state === 'awaiting-approval' && (action === undefined || one.action === action));
  }

  function meant(input: DecisionInput, chosen: any): string | undefined {
    if (input.decision === 'approve-wrong-hash') return WRONG;
    if (input.mistakes === 'an earlier plan')
      return [...(seen.get(chosen.id) ?? [])].find((hash) => hash !== chosen.plan.hash);
    if (input.mistakes === 'another remediation')
      return waiting().find(({ plan }) => plan.hash !== chosen.plan.hash)?.plan.hash;
    return chosen.plan.hash;
  }

  async function decide(input: DecisionInput, attempt: number): Promise<void> {
    const candidates = waiting(input.action).filter((one) => meant(input, one) !== undefined);
    if (candidates.length === 0) {
      // The person on duty tries again until there is something to decide.
      if (attempt < 20 && !fate.isCalm())
        scheduler.at(scheduler.now() + 45_000, () => void decide(input, attempt + 1));
      return;
    }
    const chosen = chance.pick(candidates, input.id);
    const { plan } = chosen;
    const hash = meant(input, chosen)!;
    busy += 1;
    if (input.thinksMs) await pause(input.thinksMs);
    const isMistaken = hash !== plan.hash;
    const decisions = [input.decision, ...(input.besides ?? [])].map((decision) =>
      isMistaken && decision === 'approve' ? ('approve-wrong-hash' as const) : decision,
    );
    await Promise.all(
      decisions.map((decision) => say({ ...input, decision }, { remediation: chosen.id, hash, plan })),
    );
    busy -= 1;
  }

  async function say(
    input: DecisionInput,
    about: Pick<Decided, 'remediation' | 'hash' | 'plan'>,
  ): Promise<void> {
    const { decision } = input;
    const entry: Decided = { ...about, input, atMs: scheduler.now(), accepted: false };
    const name = about.remediation.slice(0, 6);
    correspondence.decided.push(entry);
    const said = chance.pick(['ops', 'night shift'], `${input.id}/${correspondence.decided.length}/by`);
    for (let again = 1; again <= TRIES; again += 1) {
      const answer = await knock(deployment, 'console', {
        route: `POST /remediations/{id}/${decision === 'reject' ? 'reject' : 'approve'}`,
        path: { id: about.remediation },
        body: { hash: about.hash, by: said },
        ...(input.as && { authorization: `Bearer ${LOW_TOKENS.approve}` }),
      });
      if (answer && answer.status < 500) {
        const { status, by } = answer;
        Object.assign(entry, { accepted: status < 300, answeredAtMs: scheduler.now(), status, by });
        trace('a person', `${decision}s ${name}: ${status} ${answer.body?.detail ?? ''}`);
        return;
      }
      await pause(5_000);
    }
  }

  async function knockAt(input: KnockInput): Promise<void> {
    const chosen = waiting()[0];
    const text = JSON.stringify(input.request);
    if (!chosen && text.includes('?')) return;
    const request = JSON.parse(
      text.replaceAll('?waiting', chosen?.id ?? '').replaceAll('?hash', chosen?.plan.hash ?? ''),
    );
    trace('somebody', `knocks: ${JSON.stringify(request)}`);
    busy += 1;
    const answer = await knock(deployment, input.door, request);
    if (answer) trace('somebody', `gets ${answer.status}`);
    correspondence.knocked.push({ input, atMs: scheduler.now(), answer });
    // A person who has seen one page opens the next.
    let next = answer?.body?.next;
    for (let page = 2; page <= MOST_PAGES && typeof next === 'string'; page += 1) {
      const query = { ...input.request.query, cursor: next };
      const further = await knock(deployment, input.door, { ...request, query });
      correspondence.knocked.push({ input, atMs: scheduler.now(), answer: further });
      next = further?.body?.next;
    }
    busy -= 1;
  }

  return { decide, knockAt, isQuiet: () => busy === 0 };
}

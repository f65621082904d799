import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Problem, send } from '../state/api.ts';
import { refreshAll } from '../state/resource.ts';
import { whyNot } from '../state/session.ts';
import type { Role } from '../types.ts';

/** One request that changes something, and its course. */
export type Act = {
  isBusy: boolean;
  isDone: boolean;
  problem: Problem | undefined;
  run: (body?: unknown) => Promise<void>;
};

/** Sends a request, and asks again for all that is shown. */
export function useAct(method: string, path: string): Act {
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  async function run(body: unknown = {}): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    const answer = await send(method, path, body);
    setBusy(false);
    if (answer.kind === 'problem') setProblem(answer.problem);
    else setDone(true);
    await refreshAll();
  }
  return { isBusy, isDone, problem, run };
}

type ActButtonProps = {
  needs: Role;
  /** The route of the act, as `GET /me` names it. */
  act: Act;
  kind?: 'plain' | 'strong' | 'danger';
  isDisabled?: boolean;
  body?: unknown;
  children: ComponentChildren;
};

/** A button that sends a request. It is disabled, with the reason, for a person whose role does not allow the request. */
export function ActButton({
  needs,
  act,
  kind = 'plain',
  isDisabled = false,
  body,
  children,
}: ActButtonProps) {
  const why = whyNot(needs);
  return (
    <button
      class={`button ${kind === 'plain' ? '' : `button-${kind}`}`}
      type="button"
      disabled={isDisabled || act.isBusy || why !== undefined}
      title={why}
      onClick={() => void act.run(body)}
    >
      {act.isBusy ? 'Sending …' : children}
    </button>
  );
}

type ConfirmProps = Omit<ActButtonProps, 'isDisabled'> & {
  /** The question before the act. */
  question: string;
  /** The word on the button that carries it out. */
  yes: string;
};

/** A button that asks once more before it sends its request. */
export function Confirm({ question, yes, children, ...button }: ConfirmProps) {
  const [isAsking, setAsking] = useState(false);
  const why = whyNot(button.needs);
  if (!isAsking) {
    return (
      <button
        class="button"
        type="button"
        disabled={why !== undefined}
        title={why}
        onClick={() => setAsking(true)}
      >
        {children}
      </button>
    );
  }
  return (
    <span class="row confirm" role="group" aria-label={question}>
      <span>{question}</span>
      <ActButton {...button} kind="danger">
        {yes}
      </ActButton>
      <button class="button" type="button" autofocus onClick={() => setAsking(false)}>
        No
      </button>
    </span>
  );
}

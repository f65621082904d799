import { directEventbridge } from '#lib/alerts/sources/events/eventbridge';
import { takeDirect } from '#lib/receiving/take-direct';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { SENDER_TOKENS, TOKENS } from '../../cloud/doors.ts';
import { knock, withDoor } from '../../cloud/http.ts';
import type { Credential, GuessInput, ReportInput, SenderInput } from '../inputs/report-inputs.ts';
import { createPause } from './pause.ts';
import { eventOf, type Message, requestOf } from './report-forms.ts';

/** One delivery of a message, a copy or not, and its last answer. The status of a direct invocation is 202. */
export type Reported = Message & {
  sentAtMs: number;
  answeredAtMs?: number;
  httpStatus?: number;
  body?: any;
  by?: string;
};

/** One refused guess. */
export type Guessed = { atMs: number; status: number | undefined; by: string | undefined };

const TRIES = 40;
const TIMEOUT_MS = 10_000;

/** Senders of events and of alarms, some with fewer rights, and a stranger who guesses tokens. */
export function createReporters(
  context: ProcessWorld,
  { deployment }: { deployment: Deployment },
): { begin(input: SenderInput): void; reported: Reported[]; guessed: Guessed[]; isQuiet(): boolean } {
  const { scheduler, chance, trace, fate } = context;
  const pause = createPause(context);
  const reported: Reported[] = [];
  const guessed: Guessed[] = [];
  let busy = 0;

  function report(input: ReportInput, number: number): void {
    const now = scheduler.now();
    const isOver = input.endsAtMs !== undefined && now >= input.endsAtMs;
    send({ input, status: isOver ? 'resolved' : 'firing', number, atMs: now });
    const isLast = isOver || fate.isCalm() || (number >= input.repeats && input.endsAtMs === undefined);
    if (isLast) return;
    const nextMs = number >= input.repeats ? input.endsAtMs! : now + input.repeatMs;
    const atMs = Math.min(nextMs, input.endsAtMs ?? nextMs);
    scheduler.at(atMs, () => report(input, number + 1));
  }

  function send(message: Message): void {
    const { copies = 0, copyLateMs = 0, id } = message.input;
    void deliver(message, 0);
    for (let copy = 1; copy <= copies; copy += 1)
      void deliver(message, chance.between(0, copyLateMs, `${id}/${message.number}/copy/${copy}`));
  }

  async function deliver(message: Message, lateMs: number): Promise<void> {
    const { input, status, number } = message;
    busy += 1;
    if (lateMs > 0) await pause(lateMs);
    const entry: Reported = { ...message, sentAtMs: scheduler.now() };
    reported.push(entry);
    trace('a sender', `reports ${input.alert} of ${input.node} by ${input.form} as ${input.as}: ${status}`);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (input.isDirect ? await invoke(message, entry) : await post(message, entry)) break;
      await pause(chance.between(2, 30, `${input.id}/${status}/${number}/${attempt}`) * 1000);
    }
    busy -= 1;
  }

  /** @returns whether the sender sends it no more. */
  async function post(message: Message, entry: Reported): Promise<boolean> {
    const { as, form } = message.input;
    const isSmn = ['cloud-eye', 'cloud-eye-event', 'aom'].includes(form);
    const answer = await knock(
      deployment,
      'receive-alert',
      { ...requestOf(message), authorization: isSmn ? null : authorizationOf(as) },
      fate,
    );
    if (!answer || answer.status >= 500) return false;
    Object.assign(entry, {
      answeredAtMs: scheduler.now(),
      httpStatus: answer.status,
      body: answer.body,
      by: answer.by,
    });
    trace('a sender', `gets ${answer.status}`);
    return true;
  }

  /** The function gets it again until it has succeeded. Lambda gives up after three times; that is no subject here. */
  async function invoke(message: Message, entry: Reported): Promise<boolean> {
    const ended = await deployment.invoke('receive-alert', TIMEOUT_MS, (services, invocation) =>
      withDoor(deployment, 'receive-alert', services, fate, (own) =>
        takeDirect('eventbridge', directEventbridge, eventOf(message), own, invocation),
      ),
    );
    if (ended.kind === 'failed') return false;
    Object.assign(entry, { answeredAtMs: scheduler.now(), httpStatus: 202, by: ended.by });
    return true;
  }

  async function guess({ id, count }: GuessInput): Promise<void> {
    busy += 1;
    for (let number = 1; number <= count; number += 1) {
      const answer = await knock(
        deployment,
        'receive-alert',
        {
          route: 'POST /alerts/{source}',
          path: { source: 'cloudevents' },
          body: {},
          authorization: `Bearer guess-${id}-${number}`,
        },
        fate,
      );
      guessed.push({ atMs: scheduler.now(), status: answer?.status, by: answer?.by });
      await pause(chance.between(10, 400, `${id}/${number}`));
    }
    busy -= 1;
  }

  return {
    reported,
    guessed,
    isQuiet: () => busy === 0,
    begin: (input) => (input.kind === 'guess' ? void guess(input) : report(input, 1)),
  };
}

function authorizationOf(as: Credential): string | null {
  if (as === 'none') return null;
  if (as === 'ops') return `Bearer ${TOKENS['receive-alert'][0]}`;
  if (as === 'rotated') return `Bearer ${TOKENS['receive-alert'][1]}`;
  if (as === 'team-a' || as === 'team-s' || as === 'kube') return `Bearer ${SENDER_TOKENS[as]}`;
  return `Bearer ${as === 'retired' ? SENDER_TOKENS.retired : 'wrong'}`;
}

import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { knock, visitsTo } from '../../cloud/http.ts';
import { signed, TOPICS, type Visit } from '../../cloud/smn.ts';
import type { SubscriptionInput } from '../inputs/subscription-inputs.ts';
import { createPause } from './pause.ts';

/** One delivery of a message about a subscription, a copy or not, and its last answer. */
export type Subscribed = {
  input: SubscriptionInput;
  /** When SMN made the message, and the address in it. */
  madeAtMs: number;
  url: string;
  sentAtMs: number;
  answeredAtMs?: number;
  httpStatus?: number;
  body?: any;
  by?: string;
};

const TRIES = 40;
/** A message is refused when it is older than an hour. */
const TOO_OLD_MS = 75 * 60_000;

/** SMN, which announces that subscriptions begin and end, and strangers who change such messages or keep them. */
export function createSubscribers(
  context: ProcessWorld,
  { deployment }: { deployment: Deployment },
): {
  begin(input: SubscriptionInput): void;
  subscribed: Subscribed[];
  /** The requests that the console of SMN has got. */
  visited: Visit[];
  isQuiet(): boolean;
} {
  const { scheduler, chance, trace, fate } = context;
  const pause = createPause(context);
  const subscribed: Subscribed[] = [];
  let busy = 0;

  async function deliver(input: SubscriptionInput, madeAtMs: number, lateMs: number): Promise<void> {
    busy += 1;
    if (lateMs > 0) await pause(lateMs);
    const { body, url } = messageOf(input, madeAtMs);
    const entry: Subscribed = { input, madeAtMs, url, sentAtMs: scheduler.now() };
    subscribed.push(entry);
    trace(
      'SMN',
      `sends ${input.id}: ${input.says} of ${input.topic}${input.wrong ? `, ${input.wrong}` : ''}`,
    );
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const request = { route: 'POST /alerts/{source}', path: { source: 'smn' }, body, authorization: null };
      const answer = await knock(deployment, 'receive-alert', request, fate);
      if (answer && answer.status < 500) {
        const { status: httpStatus, body: got, by } = answer;
        Object.assign(entry, { answeredAtMs: scheduler.now(), httpStatus, body: got, by });
        trace('SMN', `gets ${httpStatus} for ${input.id}`);
        break;
      }
      await pause(chance.between(2, 30, `${input.id}/${lateMs}/${attempt}`) * 1000);
    }
    busy -= 1;
  }

  return {
    subscribed,
    visited: visitsTo(deployment),
    isQuiet: () => busy === 0,
    begin(input) {
      const { id, wrong, copies = 0, copyLateMs = 0 } = input;
      const madeAtMs = scheduler.now() - (wrong === 'old' ? TOO_OLD_MS : 0);
      void deliver(input, madeAtMs, 0);
      for (let copy = 1; copy <= copies; copy += 1)
        void deliver(input, madeAtMs, chance.between(1, copyLateMs, `${id}/copy/${copy}`));
    },
  };
}

function messageOf(
  { id, says, topic, wrong }: SubscriptionInput,
  madeAtMs: number,
): { body: Record<string, unknown>; url: string } {
  const host = wrong === 'foreign' ? 'console.huaweicloud.com.example.com' : 'console.huaweicloud.com';
  const urlOf = (token: string) => `https://${host}/smn/subscription/confirm?token=${token}`;
  const body = signed({
    type: says,
    topic_urn: TOPICS[topic],
    message_id: id,
    timestamp: new Date(madeAtMs).toISOString(),
    message: 'You are invited to subscribe to the topic.',
    subscribe_url: urlOf(id),
  });
  if (wrong !== 'forged') return { body, url: urlOf(id) };
  return { body: { ...body, subscribe_url: urlOf('of-a-stranger') }, url: urlOf('of-a-stranger') };
}

import type { NoticeBody } from '#lib/notify/body';
import type { Delivery, Post } from '#lib/notify/post';
import type { Process, ProcessWorld } from '../engine/process.ts';

/** The body of a notice: that of a webhook, or the two texts of a message to a topic. */
type ToldBody = Partial<NoticeBody> & { subject?: string; message?: string };

/** One notice as it reached a target, and whether that took it. `message`: the id of the message, which is that of a list with others. */
export type Told = {
  atMs: number;
  by: string;
  url: string;
  body: ToldBody;
  taken: boolean;
  message?: string;
};

const ANSWERS: Record<string, Delivery> = {
  unavailable: { outcome: 'failed', why: 'answered 503' },
  busy: { outcome: 'failed', why: 'answered 429', retryAfterMs: 40_000 },
  'breaks-off': { outcome: 'failed', why: 'could not be reached, or broke off' },
  refuses: { outcome: 'refused', why: 'answered 404' },
};

/** The recipients of notices, in the place of the network. */
export type Targets = { told: Told[]; postOf(process: Process): Post };

/** Recipients that may not take a notice, or take it without saying so. */
export function createTargets({ scheduler, trace }: ProcessWorld): Targets {
  const told: Told[] = [];

  function postOf(process: Process): Post {
    return ({ url, body }) => {
      const take = (taken: boolean): Delivery => {
        const said: ToldBody = JSON.parse(Buffer.from(body).toString('utf8'));
        const { id = '', notices = [said] } = said;
        for (const notice of notices)
          told.push({
            atMs: scheduler.now(),
            by: process.name,
            url: url.href,
            body: notice,
            taken,
            message: id,
          });
        if (taken) trace(url.host, `gets the notice: ${said.title ?? said.subject}`);
        return { outcome: 'told' };
      };
      return process.run<Delivery>({
        label: `post to ${url.host}`,
        takesMs: [2, 60],
        mishaps: { unavailable: 0.04, busy: 0.02, 'breaks-off': 0.02, refuses: 0.005 },
        effect: () => take(true),
        spoilt(mishap, effect) {
          if (mishap === 'slow') return effect();
          take(mishap === 'breaks-off');
          return ANSWERS[mishap] ?? { outcome: 'failed', why: mishap };
        },
      });
    };
  }

  return { told, postOf };
}

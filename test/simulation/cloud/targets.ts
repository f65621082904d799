import type { Delivery, Post } from '#lib/notify/post';
import type { Process, ProcessWorld } from '../engine/process.ts';

/** One notice as it reached a target, and whether that took it. */
export type Told = { atMs: number; by: string; url: string; body: any; taken: boolean };

const ANSWERS: Record<string, Delivery> = {
  unavailable: { outcome: 'failed', why: 'answered 503' },
  busy: { outcome: 'failed', why: 'answered 429', retryAfterMs: 40_000 },
  'breaks-off': { outcome: 'failed', why: 'could not be reached, or broke off' },
  refuses: { outcome: 'refused', why: 'answered 404' },
};

/** Those who are told, at the place of the network: they may not take a notice, or take it without saying so. */
export function createTargets({ scheduler, trace }: ProcessWorld): {
  told: Told[];
  postOf(process: Process): Post;
} {
  const told: Told[] = [];

  function postOf(process: Process): Post {
    return ({ url, body }) => {
      const take = (taken: boolean): Delivery => {
        const said = JSON.parse(Buffer.from(body).toString('utf8'));
        told.push({ atMs: scheduler.now(), by: process.name, url: url.href, body: said, taken });
        if (taken) trace(url.host, `is told: ${said.title}`);
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
          return ANSWERS[mishap]!;
        },
      });
    };
  }

  return { told, postOf };
}

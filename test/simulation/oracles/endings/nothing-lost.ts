import { isSpoilt, valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { mayReopen } from '../facts/alert-episodes.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const ENDED = [
  'observed',
  'skipped',
  'succeeded',
  'failed',
  'escalated',
  'needs-human',
  'rejected',
  'awaiting-approval',
];

/** Everything comes to rest, and nothing is left on a queue. */
export function* atRest(run: Run): Iterable<Finding> {
  if (run.rested) return;
  const left = [...run.deployment.queues.values()].flatMap((queue) =>
    queue
      .messages()
      .map(({ messageId, body }) => `${queue.settings.name} ${messageId} ${body.slice(0, 150)}`),
  );
  yield { what: `after everything was over there still was: ${left.join(' | ') || 'a function at work'}` };
}

/** Every remediation has an end, or waits for a person. */
export function* ended(run: Run): Iterable<Finding> {
  for (const { id, state, why } of valuesOf(run, 'remediation#')) {
    if (!ENDED.includes(state))
      yield { what: `remediation ${id} was left ${state}: ${why ?? 'without a reason'}` };
  }
}

/** Every alert that was accepted has its remediation, and the same one however often it came. */
export function* alertsAnswered(run: Run): Iterable<Finding> {
  const answered = new Map<string, { id: string; delivery: Run['correspondence']['delivered'][number] }>();
  const known = new Set(valuesOf(run, 'remediation#').map(({ id }) => id));
  for (const delivery of run.correspondence.delivered) {
    const { episode, status, receipt, answeredAtMs } = delivery;
    if (!receipt) {
      // The record of it cannot be read: its sender gets an error, and tries again.
      if (isSpoilt(run, `alert#alertmanager#${episode.fingerprint}`)) continue;
      yield {
        what: `the delivery of ${episode.id} (${status}) was never accepted, though it was sent again and again`,
      };
      continue;
    }
    if (status === 'resolved') continue;
    if (receipt.remediations.length + receipt.ignored.length === 0)
      yield {
        what: `${episode.id} was answered with neither a remediation nor a reason at ${clock(answeredAtMs!)}`,
      };
    // The oldest alert that still fires speaks for all.
    const isAlone = !run.correspondence.delivered.some(({ episode: { besides } }) => besides !== undefined);
    for (const { id } of receipt.remediations) {
      const key = `${episode.fingerprint} ${episode.startsAtMs}`;
      if (!known.has(id))
        yield { what: `${episode.id} was answered with remediation ${id}, which the ledger does not have` };
      const before = answered.get(key);
      // Deliveries that overlap are answered in any order: either of the two may be the one that reopened the episode.
      const isReopened =
        mayReopen(run, delivery) || (before !== undefined && mayReopen(run, before.delivery));
      if (isAlone && before !== undefined && before.id !== id && !isReopened)
        yield { what: `${episode.id} was remediation ${before.id} at first and then ${id}` };
      answered.set(key, { id, delivery });
    }
  }
}

/** Every message, a command or not, is a remediation or a dead letter with a reason. */
export function* messagesAnswered(run: Run): Iterable<Finding> {
  const known = new Set(valuesOf(run, 'remediation#').map(({ id }) => id));
  const letters = [...run.deployment.deadLetters.values()].flatMap((queue) => queue.messages());
  for (const { id, input } of run.correspondence.commanded) {
    const letter = letters.find(({ body }) => body.includes(`"id":"${id}"`));
    if (!known.has(id) && !letter) yield { what: `command ${input.id} left no trace` };
  }
  for (const input of run.scenario.inputs) {
    if (input.kind !== 'poison') continue;
    if (!letters.some(({ body, attributes }) => body === input.body && attributes['reason']))
      yield { what: `the message ${input.body} is no dead letter with a reason` };
  }
}

/** A hold ends with its remediation, except where the outcome of the node is unknown. */
export function* holdsEnd(run: Run): Iterable<Finding> {
  const states = new Map(valuesOf(run, 'remediation#').map(({ id, state }) => [id, state]));
  for (const { holds } of valuesOf(run, 'pool#')) {
    for (const [node, { remediation }] of Object.entries<any>(holds)) {
      if (states.get(remediation) !== 'needs-human')
        yield { what: `${node} is still held for ${remediation}, which is ${states.get(remediation)}` };
    }
  }
}

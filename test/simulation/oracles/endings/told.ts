import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** The entries of remediations into states, as the ledger saw them. */
function entriesOf(run: Run) {
  return run.writes.flatMap(({ document, before, atMs, by }) => {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || (before?.['value'] as any)?.state === value.state)
      return [];
    return [
      {
        id: value.id as string,
        state: value.state as string,
        since: value.stateSince ?? value.createdAt,
        atMs,
        by,
      },
    ];
  });
}

/** Every recipient that wants to hear of a state gets a notice that a remediation came into it, at least once. */
export function* recipientsHear(run: Run): Iterable<Finding> {
  const letters = run.deployment.deadLetters.get('notify')!.messages();
  for (const { id, state, since, atMs, by } of entriesOf(run)) {
    for (const { when, ...target } of rulesOf(run, { by }).notify) {
      const url = 'url' in target ? (target.url ?? '') : '';
      if (!when.some((wanted) => wanted === state)) continue;
      const isTold = run.deployment.told.some(
        (one) =>
          one.taken &&
          one.url === new URL(url).href &&
          one.body.state === state &&
          one.body.at === since &&
          one.body.remediation?.id === id,
      );
      if (!isTold && !letters.some(({ body }) => body.includes(id) || isList(body)))
        yield { what: `${url} never heard that ${id} came to be ${state} at ${clock(atMs)}` };
    }
  }
}

/** Whether a dead letter is a list of notices, with any content. */
function isList(body: string): boolean {
  return body.includes('"kind":"digest"');
}

/** A target with a digest gets a notice in one message alone. A copy of the message is the same message. */
export function* inOneMessage(run: Run): Iterable<Finding> {
  const messages = new Map<string, Set<string>>();
  for (const { url, body, message = '', taken } of run.deployment.told) {
    const hasDigest = run.deployment
      .rulesNow()
      .notify.some(
        (target) => 'digest' in target && target.digest > 0 && new URL(target.url ?? '').href === url,
      );
    if (!taken || !hasDigest) continue;
    const key = `${url} ${body.id}`;
    messages.set(key, (messages.get(key) ?? new Set()).add(message));
  }
  for (const [key, { size }] of messages)
    if (size > 1) yield { what: `the notice ${key} was in ${size} messages` };
}

/** No recipient hears of a state that never was. */
export function* nothingMadeUp(run: Run): Iterable<Finding> {
  const entries = new Set(entriesOf(run).map(({ id, state, since }) => `${id} ${state} ${since}`));
  for (const { body, atMs, url } of run.deployment.told) {
    if (body.kind !== 'remediation') continue;
    if (!entries.has(`${body.remediation!.id} ${body.state} ${body.at}`))
      yield {
        what: `${url} heard at ${clock(atMs)} that ${body.remediation!.id} came to be ${body.state} at ${body.at}, which never was`,
      };
  }
}

/** A rung that tells people does. */
export function* rungsTold(run: Run): Iterable<Finding> {
  const letters = run.deployment.deadLetters.get('notify')!.messages();
  for (const { id, action, state } of valuesOf(run, 'remediation#')) {
    if (action !== 'notify' || state === 'observed') continue;
    const isTold = run.deployment.told.some(
      ({ body, taken }) => taken && body.kind === 'rung' && body.remediation!.id === id,
    );
    if (!isTold && !letters.some(({ body }) => body.includes(id) || isList(body)))
      yield { what: `no person heard of the rung ${id}` };
  }
}

/** No dead letter is silent, unless its function died over it. */
export function* lettersExplained(run: Run): Iterable<Finding> {
  for (const [name, queue] of run.deployment.deadLetters) {
    const isExplained = (text: string) =>
      queue
        .messages()
        .some(({ body, attributes }) => attributes['reason'] && (body === text || idIn(body) === idIn(text)));
    for (const { messageId, body, attributes } of queue.messages()) {
      const { reason, receives, firstError, firstErrorAt, lastError, lastErrorAt } = attributes;
      const what = `the dead letter ${messageId} of ${name} (${body.slice(0, 80)})`;
      if (reason && (!receives || (firstError && firstErrorAt && lastError && lastErrorAt))) continue;
      if (reason) yield { what: `${what} does not say its first and its last error` };
      // A message that was buried and then delivered once more has a letter that says so.
      else if (!isExplained(body) && !run.deployment.mayBeSilent(body))
        yield { what: `${what} does not say why it is there` };
    }
  }
}

/** The id of the command that a message is. */
function idIn(body: string): string {
  return /"id":"([^"]+)"/.exec(body)?.[1] ?? body;
}

import { documentAt, valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const FIELDS = ['action', 'nodes', 'nodePool', 'node'];

/** An id is one command: another command under the same id is refused, or buried, and never carried out in its place. */
export function* oneCommandPerId(run: Run): Iterable<Finding> {
  const letters = [...run.deployment.deadLetters.values()].flatMap((queue) => queue.messages());
  for (const { id, input } of run.correspondence.commanded) {
    const remediation = valuesOf(run, `remediation#${id}`)[0];
    if (!remediation) continue;
    const own = (value: any) => JSON.stringify(FIELDS.map((field) => value[field]));
    // Which node pool is meant by a node is found out later.
    const meant = remediation.nodePoolFound ? { ...remediation, nodePool: undefined } : remediation;
    if (own(meant) === own(input.body) && hasParameters(remediation, input.body)) continue;
    const isBuried = letters.some(
      ({ body, attributes }) => attributes['reason'] && own(parsed(body)) === own(input.body),
    );
    if (!isBuried)
      yield { what: `command ${input.id} was taken under the id ${id}, which belongs to another command` };
  }
  for (const { input, status } of run.actions.refused) {
    const id = String(input.body['id']);
    const others = run.correspondence.commanded.filter((sent) => sent.id === id);
    const isKnown = others.some((sent) => JSON.stringify(sent.input.body) !== JSON.stringify(input.body));
    if (status === 409 && !isKnown)
      yield { what: `command ${input.id} was refused as another's, and there was no other` };
  }
}

function parsed(body: string): any {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function hasParameters({ parameters }: any, body: any): boolean {
  const wanted = body.parameters ?? {};
  return Object.entries(wanted).every(
    ([field, value]) => typeof value === 'object' || parameters[field] === value,
  );
}

/** A dead letter says why, and its message had no other effect: neither a remediation nor a request. */
export function* deadForGood(run: Run): Iterable<Finding> {
  for (const input of run.scenario.inputs) {
    if (input.kind !== 'poison') continue;
    const id = /"id":"(poison-[a-z]+)"/.exec(input.body)?.[1];
    if (id && valuesOf(run, `remediation#${id}`).length > 0)
      yield { what: `the message ${input.body.slice(0, 80)} became a remediation` };
  }
  for (const queue of run.deployment.deadLetters.values()) {
    for (const { body, attributes, by } of queue.messages()) {
      if (!attributes['reason'] && by !== 'redrive policy')
        yield { what: `the dead letter ${body.slice(0, 80)} says no reason` };
    }
  }
}

/** A buried command is not open any more: its outcome is on record. */
export function* buriedIsDecided(run: Run): Iterable<Finding> {
  for (const queue of run.deployment.deadLetters.values()) {
    for (const { body, attributes } of queue.messages()) {
      const id = /^\{"id":"([^"]+)"/.exec(body)?.[1];
      const state = id && valuesOf(run, `remediation#${id}`)[0]?.state;
      // One that its queue moved is found by the sweep.
      if (attributes['reason'] && (state === 'submitting' || state === 'deferred'))
        yield { what: `command ${id} is among the dead letters (${attributes['reason']}) and ${state}` };
    }
  }
}

/** A command that got the answer 202 was in the ledger before that answer. */
export function* storedBeforeAnswer(run: Run): Iterable<Finding> {
  for (const { episode, receipt, answeredAtMs } of run.correspondence.delivered) {
    for (const { id } of receipt?.remediations ?? []) {
      if (!documentAt(run, `remediation#${id}`, answeredAtMs!))
        yield {
          what: `${episode.id} was answered at ${clock(answeredAtMs!)} with ${id}, which was not stored yet`,
        };
    }
  }
  for (const { input, id, atMs } of run.correspondence.commanded) {
    if (input.via === 'console' && !documentAt(run, `remediation#${id}`, atMs))
      yield { what: `command ${id} was answered at ${clock(atMs)}, and not stored yet` };
  }
}

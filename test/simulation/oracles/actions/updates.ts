import type { Receipt } from '#lib/ledger/receipts/receipt';
import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { askedFor, intentOf } from '../facts/asked.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** Also what may be sent twice is on record before it is sent, and only for what consents to it. */
export function* askedWithIntent(run: Run): Iterable<Finding> {
  for (const request of askedFor(run)) {
    if (intentOf(run, request)) continue;
    yield {
      what: `request ${request.number} (${request.action} of ${request.targets.join(', ')}) reached the API at ${clock(request.atMs)} without an intent in the ledger`,
      atMs: request.atMs,
    };
  }
}

/** A tag stands in the ledger for a node only where the API said that it was set there. */
export function* tagsAsSaid(run: Run): Iterable<Finding> {
  const updates = askedFor(run).filter(({ action }) => action === 'update-nodes');
  const documents = run.table.documents().filter(({ pk, sk }) => pk.startsWith('node#') && sk === 'tags');
  for (const { value } of documents) {
    const { node, pool, present } = value as any;
    for (const [key, { value: tag }] of Object.entries<any>(present)) {
      const isSaid = updates.some(
        ({ pool: where, body, effect, answered, status }) =>
          where === pool &&
          answered &&
          status === 200 &&
          body.action === 'createTags' &&
          body.tags.some((one: any) => one.key === key && one.value === tag) &&
          effect?.['succeeded'].includes(node),
      );
      if (!isSaid) yield { what: `the ledger has the tag ${key}=${tag} of ${node}; the API never said so` };
    }
  }
}

/** An update has succeeded for exactly those nodes for which the API did it, even if it failed for others. */
export function* updatedAsSaid(run: Run): Iterable<Finding> {
  const updates = askedFor(run)
    .filter(({ action }) => action === 'update-nodes')
    .map((request) => ({ request, call: intentOf(run, request) }));
  for (const { id, action, state, outcomes } of valuesOf(run, 'remediation#')) {
    if (action !== 'update-nodes') continue;
    const own = updates.filter(({ call }) => call?.members.some((member: any) => member.remediation === id));
    for (const [node, outcome] of Object.entries<any>(outcomes)) {
      const asked = own.filter(({ request }) => request.targets.includes(node));
      const done = asked.some(({ request }) => request.effect?.['succeeded'].includes(node));
      if (outcome.state === 'succeeded' && !done)
        yield { what: `update ${id} was said to have succeeded for ${node}; the API did nothing to it` };
      const isCertain = asked.length > 0 && asked.every(({ request }) => request.answered);
      const wasAlwaysDone = asked.every(({ request }) => request.effect?.['succeeded'].includes(node));
      if (outcome.state === 'failed' && state === 'failed' && isCertain && wasAlwaysDone && isTags(asked))
        yield { what: `update ${id} was said to have failed for ${node}; the API did it, and said so` };
    }
  }
}

function isTags(asked: readonly { request: { body: any } }[]): boolean {
  return asked.every(({ request }) => String(request.body.action).endsWith('Tags'));
}

/** Nodes that fail are tried three times in all, alone, and no more. That the API wants to be asked later is no try. */
export function* threeTries(run: Run): Iterable<Finding> {
  const answered = valuesOf(run, 'call#').filter((call) => call.action === 'update-nodes' && call.answer);
  for (const { id, action, state, outcomes, receipts } of valuesOf(run, 'remediation#')) {
    if (action !== 'update-nodes') continue;
    const own = answered.filter((call) => call.members.some((member: any) => member.remediation === id));
    const tries = own.filter(({ answer }) => (answer.later ?? []).length === 0).length;
    if (tries > 3) yield { what: `update ${id} was answered ${tries} times` };
    for (const node of Object.keys(outcomes)) {
      // A call that is shared with another command may do the same to a node for that one alone.
      const successes = own.filter(
        (call) =>
          call.answer.succeeded.includes(node) &&
          call.members.some(({ remediation, targets }: any) => remediation === id && targets.includes(node)),
      );
      if (successes.length > 1)
        yield { what: `update ${id} was made for ${node} again after the API had said that it was done` };
    }
    // Others are left alone for what a guard says of them meanwhile.
    if (state === 'failed' && isGivenUpByAnswer(receipts) && tries < 3)
      yield {
        what: `update ${id} gave nodes up after ${tries} answers; each must be tried three times`,
      };
  }
}

/** Whether the last word about a command is an answer that wants nothing later. */
function isGivenUpByAnswer(receipts: readonly Receipt[]): boolean {
  const last = receipts.findLast(({ step }) => DECIDING.has(step));
  return last?.step === 'answer' && (last.later ?? 0) === 0;
}

const DECIDING: ReadonlySet<Receipt['step']> = new Set([
  'guard',
  'call',
  'answer',
  'verify',
  'deadline',
  'defer',
  'withdrawn',
]);

/** Redundancy is said to be on, or off, only where it truly came to be so. */
export function* redundancySeen(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'update-nodes') continue;
    if (!String(value.parameters.action).endsWith('HaRedundant')) continue;
    for (const [node, outcome] of Object.entries<any>(value.outcomes)) {
      if (outcome.state !== 'succeeded') continue;
      if ((before?.['value'] as any)?.outcomes?.[node]?.state === 'succeeded') continue;
      const wanted = value.parameters.action === 'openHaRedundant';
      const set = askedFor(run).some(
        ({ pool, body, effect, atMs: doneAtMs }) =>
          pool === value.pool &&
          doneAtMs <= atMs &&
          body?.action === value.parameters.action &&
          effect?.['succeeded']?.includes(node),
      );
      if (!set)
        yield {
          what: `redundancy of ${node} was said to be ${wanted ? 'on' : 'off'} at ${clock(atMs)}, and the API had not set it`,
          atMs,
        };
      const beganMs = Math.min(atMs - 70_000, run.deployment.begun.get(by)?.atMs ?? atMs);
      const label = 'os.modelarts.node/ha.redundant.enabled';
      const isSo = run.world.ever(
        value.pool,
        node,
        beganMs,
        atMs,
        ({ labels, present }) => present && (labels[label] ?? 'false') === String(wanted),
      );
      if (!isSo)
        yield {
          what: `redundancy of ${node} was said to be ${wanted ? 'on' : 'off'} at ${clock(atMs)}, and it was not`,
          atMs,
        };
    }
  }
}

import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** No process owns a document any more that none has touched for this long. */
const RESTED_MS = 15 * 60_000;

/** It is found by then: a sweep runs every five minutes, and takes up to two itself. */
const SWEPT_MS = 23 * 60_000;

/** Since when a half done document waits for a process to go on with it; undefined: it is not half done. */
function dueSince(pk: string, value: any): string | undefined {
  if (pk.startsWith('call#')) {
    if (value.state === 'preparing') return value.createdAt;
    return ['calling', 'lost', 'accepted'].includes(value.state)
      ? (value.nextLookAt ?? value.createdAt)
      : undefined;
  }
  if (!pk.startsWith('remediation#')) return undefined;
  const { state, updatedAt, deferredUntil = updatedAt, receipts } = value;
  if (state === 'deferred') return deferredUntil > updatedAt ? deferredUntil : updatedAt;
  if (state === 'observed')
    return receipts.some(({ step }: any) => step === 'guard') || value.action === 'notify'
      ? undefined
      : updatedAt;
  return state === 'submitting' ? updatedAt : undefined;
}

/** Nothing half done stays so for longer than a sweep needs, once nothing goes wrong any more. */
export function* nothingLeftBehind(run: Run): Iterable<Finding> {
  const open = run.writes.filter(({ document }) => dueSince(document.pk, document['value']) !== undefined);
  // The last one before it was calm may have been long ago.
  const sweptMs = SWEPT_MS + (run.scenario.sweepEveryMs ?? 0);
  for (const pk of new Set(open.map(({ document }) => document.pk))) {
    const writes = writesOf(run, pk);
    for (const [index, { document }] of writes.entries()) {
      const value = document['value'] as any;
      const due = dueSince(pk, value);
      if (due === undefined) continue;
      const fromMs = Math.max(Date.parse(due), run.calmMs);
      const untilMs = writes[index + 1]?.atMs ?? run.endMs;
      if (untilMs > fromMs + sweptMs)
        yield {
          what: `${pk} was ${value.state} and due since ${clock(Date.parse(due))}, and no process went on with it until ${clock(untilMs)}`,
          atMs: untilMs,
        };
    }
  }
}

/** The sweep leaves documents alone that another process may still be at work on. */
export function* onlyWhatRests(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    if (!by.startsWith('sweep#') || !before || document.sk === 'tags') continue;
    const touched = touchedBySweep(document.pk, before['value'], document['value']);
    for (const [what, since] of touched) {
      const restedMs = atMs - Date.parse(since);
      if (restedMs < RESTED_MS)
        yield {
          what: `${by} ${what} at ${clock(atMs)}, ${restedMs / 1000} s after another process was at work on it`,
          atMs,
        };
    }
  }
}

/** The things that a sweep has done to a document, and when it was last touched before. */
function touchedBySweep(pk: string, was: any, is: any): [what: string, since: string][] {
  if (pk.startsWith('call#')) {
    if (was.state === 'preparing' && is.state === 'abandoned') return [[`gave up ${pk}`, was.createdAt]];
    const isAgain = is.nextLookAt !== was.nextLookAt;
    return isAgain ? [[`had ${pk} followed again`, was.nextLookAt ?? was.createdAt]] : [];
  }
  if (pk.startsWith('remediation#')) {
    if (is.swept?.at !== was.swept?.at) return [[`sent ${pk} again`, dueSince(pk, was) ?? was.updatedAt]];
    const isLeft = ['running', 'verifying'].includes(was.state) && is.state === 'needs-human';
    return isLeft ? [[`left ${pk} to a person`, was.updatedAt]] : [];
  }
  if (pk.startsWith('pool#'))
    return Object.entries<any>(was.held)
      .filter(([node]) => !is.held[node])
      .map(([node, { since }]) => [`released ${node}`, since]);
  return [];
}

/** A message that a sweep has recorded as sent again is sent. */
export function* sweptIsSent(run: Run): Iterable<Finding> {
  const messages = [...run.deployment.queues.values()].flatMap(({ history }) => history);
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if (!by.startsWith('sweep#') || !document.pk.startsWith('remediation#')) continue;
    if (value.swept?.at === (before?.['value'] as any)?.swept?.at) continue;
    const isHurt = [...run.mishaps.keys()].some((key) => key === by || key.startsWith(`${by}/`));
    const isSent = messages.some(
      (message) => message.by === by && message.body.includes(`"id":"${value.id}"`),
    );
    if (!isHurt && !isSent)
      yield {
        what: `${by} found ${value.id} left behind at ${clock(atMs)}, and did not send its command`,
        atMs,
      };
  }
}

/** So often a command is put on its queue again before a person hears of it. */
const TIMES = 8;

/** A sweep hands a command to a person only after it was sent again often enough. */
export function* patient(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const was = before?.['value'] as any;
    const value = document['value'] as any;
    if (!by.startsWith('sweep#') || !document.pk.startsWith('remediation#') || !was) continue;
    if (!['submitting', 'deferred'].includes(was.state) || value.state !== 'needs-human') continue;
    const times = writesOf(run, document.pk).filter(
      (write) =>
        write.atMs < atMs &&
        (write.document['value'] as any).swept?.at !== (write.before?.['value'] as any)?.swept?.at,
    ).length;
    if (times < TIMES)
      yield {
        what: `${by} left ${value.id} to a person at ${clock(atMs)}, when it was sent again ${times} times`,
        atMs,
      };
  }
}

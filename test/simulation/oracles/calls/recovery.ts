import type { Message } from '#local/rehearsal/cloud/queue';
import type { Write } from '#local/rehearsal/cloud/table';
import { documentAt, holdAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { WorldJob } from '../../world/pool.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';
import { wasHurt } from './hurt.ts';

/** A call whose answer was lost is looked for this long. */
const SEARCH_MS = 10 * 60_000;
/** Another call is known to the indexes by then, and a job may be dated before its call. */
const MARGIN_MS = 5 * 60_000;
/** In so many looks a job is found: it has to be seen twice. */
const LOOKS = 3;

const BY_JOB = ['reset-nodes', 'migrate-nodes'];
const KNOWN_PHASES = ['Running', 'Success', 'Failed'];

/** Whether something went wrong in a process, or its function fails over some document. */
function hadMishap(run: Run, process: string): boolean {
  const [name] = process.split('#');
  return (
    wasHurt(run, process) ||
    [...run.mishaps].some(([key, mishap]) => mishap === 'sick' && key.startsWith(`${name}#`))
  );
}

function messagesOf(run: Run): Message[] {
  return [...run.deployment.queues.values()].flatMap(({ history }) => history);
}

/** The writes of calls that are made by a job, each with the call before and after. */
function callWrites(run: Run): (Write & Record<'call' | 'was', any>)[] {
  return run.writes
    .filter(({ document }) => document.pk.startsWith('call#'))
    .map((write): Write & Record<'call' | 'was', any> => ({
      ...write,
      call: write.document['value'],
      was: write.before?.['value'],
    }))
    .filter(({ call }) => BY_JOB.includes(call.action));
}

/** A call is followed until its job is over; one whose answer was lost is looked for for a while. Or its deadline has passed. */
export function* followedToTheEnd(run: Run): Iterable<Finding> {
  for (const { call, was, atMs, by } of callWrites(run)) {
    if (call.state !== 'ended' || was?.state === 'ended' || atMs >= Date.parse(call.deadline)) continue;
    const job = run.world.jobs.find(({ id }) => id === call.jobId);
    const isOver = job?.endedAtMs !== undefined && job.endedAtMs <= atMs;
    const wasLookedFor = call.jobId === undefined && atMs - Date.parse(call.callingAt) >= SEARCH_MS;
    if (!isOver && !wasLookedFor)
      yield {
        what: `${by} ended call ${call.id} at ${clock(atMs)}, when ${call.jobId ?? 'its job'} was ${call.jobId ? 'not over' : 'looked for no longer than'} ${(atMs - Date.parse(call.callingAt)) / 1000} s after the call`,
        atMs,
      };
  }
}

/** The polls of a call: the process, when it read the API's jobs, and the call afterwards. */
function looksAt(run: Run, id: string): { by: string; atMs: number; readAtMs: number; call: any }[] {
  return callWrites(run)
    .filter(({ call, was }) => call.id === id && call.looks > (was?.looks ?? 0))
    .flatMap(({ by, atMs, call }) => {
      const isRead = (pattern: RegExp) =>
        run.requests.findLast(
          (request) =>
            request.by === by &&
            request.method === 'GET' &&
            pattern.test(request.path) &&
            request.pool === call.pool &&
            request.answered &&
            request.status === 200 &&
            request.atMs <= atMs,
        );
      const jobs = isRead(/^\/jobs$/);
      return jobs && isRead(/\/nodes$/) ? [{ by, atMs, readAtMs: jobs.atMs, call }] : [];
    });
}

/** Whether the effect of a call is still unknown. */
function isUnanswered({ document }: Write): boolean {
  const { state, jobId } = document['value'] as any;
  return (state === 'calling' || state === 'lost') && jobId === undefined;
}

/** Since when no other call of the pool had lost its answer, or might have, while one was looked for. */
function hadRivals(run: Run, own: any, fromMs: number, untilMs: number): boolean {
  return valuesOf(run, 'call#').some(({ id, pool, action }) => {
    if (id === own.id || pool !== own.pool || !BY_JOB.includes(action)) return false;
    const writes = writesOf(run, `call#${id}`);
    return writes.some((write, index) => {
      const endMs = writes[index + 1]?.atMs ?? run.endMs;
      return isUnanswered(write) && write.atMs <= untilMs && endMs + MARGIN_MS >= fromMs;
    });
  });
}

/**
 * The job of a lost call is found where it can be: it was in several lists that were read for the call, and either names the call's
 * nodes, or is the only one that it can be.
 */
export function* foundWhereListed(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const call = request.done && BY_JOB.includes(request.action) ? callOf(run, request) : undefined;
    const job = run.world.jobs.find(({ request: number }) => number === request.number);
    if (!call || !job) continue;
    const listedMs = Math.max(job.startedAtMs, job.hiddenUntilMs);
    const looks = looksAt(run, call.id).filter(({ readAtMs }) => readAtMs > listedMs);
    if (looks.length < LOOKS) continue;
    const lastMs = looks.at(-1)!.atMs;
    if (job.text === '' && hadRivals(run, call, request.sentAtMs - MARGIN_MS, lastMs)) continue;
    for (const { remediation: id } of call.members) {
      const { receipts, state } = documentAt(run, `remediation#${id}`, run.endMs);
      if (receipts.some(({ jobId }: any) => jobId === job.id)) continue;
      yield {
        what: `${looks.length} lists that were read for call ${call.id} had its ${job.id}, and ${id} ended ${state} without knowing it`,
      };
    }
  }
}

/** A poll that could not write its call has recorded something that the next poll does not know of, until the job changes. */
const UNKNOWN_TO_NEXT_MS = 75_000;

/** A poll that sees a job that stands still, or is in an unknown phase, says so; a poll of a job that goes on says that. */
export function* seenAsItIs(run: Run): Iterable<Finding> {
  for (const { id, jobId } of valuesOf(run, 'call#')) {
    const job = run.world.jobs.find((one) => one.id === jobId);
    if (!job) continue;
    for (const { by, atMs, readAtMs, call } of looksAtJob(run, id)) {
      if (hadMishap(run, by) || readAtMs < job.hiddenUntilMs) continue;
      const isOdd = isOddAt(job, readAtMs);
      for (const { remediation } of call.members) {
        const value = documentAt(run, `remediation#${remediation}`, atMs);
        if (value?.callId !== id || value.ladder?.failedAt !== undefined) continue;
        const isOpen = ['submitting', 'running', 'verifying'].includes(value.state);
        if (isOdd && isOpen)
          yield {
            what: `${by} saw at ${clock(readAtMs)} that ${job.id} stood still or was ${job.phase}, and ${remediation} was ${value.state} afterwards`,
            atMs,
          };
        const goesOn = !isOdd && (job.endedAtMs === undefined || job.endedAtMs > readAtMs);
        const isLate = call.state === 'ended' || atMs >= Date.parse(call.deadline);
        const wasCutOff = writesOf(run, `remediation#${remediation}`).some(
          (write) => write.atMs <= atMs && write.atMs > atMs - UNKNOWN_TO_NEXT_MS && hadMishap(run, write.by),
        );
        if (goesOn && !isLate && !wasCutOff && value.state === 'needs-human')
          yield {
            what: `${by} saw at ${clock(readAtMs)} that ${job.id} went on, and ${remediation} was left to a person`,
            atMs,
          };
      }
    }
  }
}

/** A remediation that a person got because its job stood still is followed again when the job has come to a good end in time. */
export function* takenUpAgain(run: Run): Iterable<Finding> {
  for (const { call, was, atMs, by } of callWrites(run)) {
    if (call.state !== 'ended' || was?.state === 'ended' || call.jobId === undefined) continue;
    const job = run.world.jobs.find(({ id }) => id === call.jobId);
    if (job?.phase !== 'Success' || atMs >= Date.parse(call.deadline)) continue;
    for (const { remediation, targets } of call.members) {
      const value = documentAt(run, `remediation#${remediation}`, atMs);
      if (value?.callId !== call.id || value.state !== 'needs-human') continue;
      // Another of its nodes is a case for a person, and never was in the call.
      const isForPerson = ([node, outcome]: [string, any]) => outcome.forPerson && !targets.includes(node);
      if (Object.entries<any>(value.outcomes).some(isForPerson)) continue;
      if (value.ladder?.failedAt !== undefined || value.receipts.some(({ step }: any) => step === 'release'))
        continue;
      // How its node is was not known when the time for it was over.
      if (Object.values<any>(value.outcomes).some(({ notKnown }) => notKnown)) continue;
      yield {
        what: `${by} ended call ${call.id} at ${clock(atMs)}, as ${job.id} had succeeded, and ${remediation} was left to a person`,
        atMs,
      };
    }
  }
}

/** A message whose function died is delivered again by then, and dealt with. */
const DELIVERED_AGAIN_MS = 500_000;

/** If the process that sent a call died before it recorded the outcome, the next process searches for it, without waiting for a sweep. */
export function* soonLookedFor(run: Run): Iterable<Finding> {
  const { history } = run.deployment.queues.get('poll-jobs')!;
  const isGone = ['lost', 'forgotten', 'deadly', 'sick', 'late'];
  const isAnyGone = [...run.mishaps.values()].some((mishap) => isGone.includes(mishap));
  if (isAnyGone || run.scenario.inputs.some(({ kind }) => kind === 'purge')) return;
  for (const { call, was, by, atMs } of callWrites(run)) {
    if (call.state !== 'calling' || was?.state === 'calling' || atMs + DELIVERED_AGAIN_MS > run.endMs)
      continue;
    const others = [...run.deployment.begun].filter(
      ([name, { atMs: beganMs }]) =>
        name !== by &&
        name.startsWith(call.action) &&
        beganMs + DELIVERED_AGAIN_MS > atMs &&
        beganMs < atMs + DELIVERED_AGAIN_MS,
    );
    if (others.some(([name]) => wasHurt(run, name))) continue;
    const then = documentAt(run, `call#${call.id}`, atMs + DELIVERED_AGAIN_MS);
    const isAsked = history.some(
      ({ body, sentAtMs }) => body.includes(`"${call.id}"`) && sentAtMs <= atMs + DELIVERED_AGAIN_MS,
    );
    if (!isAsked && ['calling', 'lost', 'accepted'].includes(then.state))
      yield {
        what: `call ${call.id} was made at ${clock(atMs)}, and no poll was asked to search for its outcome`,
      };
  }
}

/** A process that buries an undecided command hands it to a person. */
export function* buriedIsLeftToAPerson(run: Run): Iterable<Finding> {
  for (const queue of run.deployment.deadLetters.values()) {
    for (const { body, attributes, by, sentAtMs } of queue.messages()) {
      const id = /^\{"id":"([^"]+)"/.exec(body)?.[1];
      const isSick = run.mishaps.has(`${by.split('#')[0]}#remediation#${id}`);
      if (!id || !attributes['receives'] || wasHurt(run, by) || isSick) continue;
      const state = documentAt(run, `remediation#${id}`, sentAtMs + 30_000)?.state;
      // A second message of the command may take it up again at once.
      const wasLeft = writesOf(run, `remediation#${id}`).some(
        ({ document, atMs }) =>
          atMs >= sentAtMs && atMs <= sentAtMs + 30_000 && isLeft((document['value'] as any).state),
      );
      if (state !== undefined && !isLeft(state) && !wasLeft)
        yield { what: `${by} buried ${id} at ${clock(sentAtMs)}, and it was ${state} afterwards` };
    }
  }
}

function isLeft(state: string): boolean {
  return state !== 'submitting' && state !== 'deferred';
}

function looksAtJob(run: Run, id: string): { by: string; atMs: number; readAtMs: number; call: any }[] {
  return callWrites(run).flatMap(({ by, atMs, call, was }) => {
    if (call.id !== id || was === undefined || call.looks <= was.looks) return [];
    // The poll that finds the job does nothing more.
    const beganMs = run.deployment.begun.get(by)?.atMs ?? 0;
    if (documentAt(run, `call#${id}`, beganMs)?.jobId === undefined) return [];
    const jobs = run.requests.findLast(
      (request) =>
        request.by === by &&
        request.path === '/jobs' &&
        request.pool === call.pool &&
        request.answered &&
        request.status === 200,
    );
    return jobs ? [{ by, atMs, readAtMs: jobs.atMs, call }] : [];
  });
}

function isOddAt({ pauses, phase, endedAtMs }: WorldJob, atMs: number): boolean {
  const isPaused = pauses.some(({ fromMs, toMs = Number.POSITIVE_INFINITY }) => fromMs < atMs && atMs < toMs);
  const isUnknown = !KNOWN_PHASES.includes(phase) && endedAtMs !== undefined && endedAtMs < atMs;
  return isPaused || isUnknown;
}

/** A process that opens a remediation puts its command on its queue; no sender gets an answer before that. */
export function* sentWhenOpened(run: Run): Iterable<Finding> {
  const messages = messagesOf(run);
  const isSent = (id: string, untilMs: number, by?: string) =>
    messages.some(
      (message) =>
        message.body.includes(`"id":"${id}"`) &&
        message.sentAtMs <= untilMs &&
        (by === undefined || message.by === by),
    );
  for (const { document, before, by, atMs } of run.writes) {
    const value = document['value'] as any;
    if (before || !document.pk.startsWith('remediation#') || value.action === 'notify') continue;
    const isRung = (value.ladder?.rung ?? 0) > 0;
    if (!isRung && !/^(receive-alert|console)#/.test(by)) continue;
    if (value.state !== 'submitting' && value.state !== 'observed') continue;
    // One that has fallen behind does not count: a poll may find its rung when it has come to an end.
    if (!hadMishap(run, by) && !isSent(value.id, run.endMs, by))
      yield {
        what: `${by} opened ${value.id} at ${clock(atMs)}, and did not put its command on its queue`,
        atMs,
      };
  }
  for (const { episode, receipt, answeredAtMs = 0 } of run.correspondence.delivered) {
    for (const { id } of receipt?.remediations ?? []) {
      const value = documentAt(run, `remediation#${id}`, answeredAtMs);
      if (value?.state === 'submitting' && !isSent(id, answeredAtMs))
        yield {
          what: `the sender of ${episode.id} was answered at ${clock(answeredAtMs)}, and the command of ${id} was on no queue yet`,
          atMs: answeredAtMs,
        };
    }
  }
}

/** A dead letter says what went wrong with it the first time, as the ledger has it. */
export function* firstErrorKept(run: Run): Iterable<Finding> {
  for (const queue of run.deployment.deadLetters.values()) {
    for (const { attributes, by, messageId } of queue.messages()) {
      const [first] = writesOf(run, `failure#${attributes['messageId']}`);
      if (!attributes['receives'] || !first || wasHurt(run, by)) continue;
      const { firstErrorAt } = first.document['value'] as any;
      if (attributes['firstErrorAt'] !== firstErrorAt)
        yield {
          what: `the dead letter ${messageId} says that it failed first at ${attributes['firstErrorAt']}; it was at ${firstErrorAt}`,
        };
    }
  }
}

/** A command is not buried for what was wrong with another one. */
export function* neighboursUnharmed(run: Run): Iterable<Finding> {
  for (const [name, queue] of run.deployment.deadLetters) {
    if (name === 'poll-jobs' || name === 'notify') continue;
    // Without the record of a node nothing can be called for the others of its call; a spoilt record has the same effect.
    if (run.scenario.inputs.some(({ kind }) => kind === 'spoil')) continue;
    if ([...run.mishaps.keys()].some((key) => key.startsWith(`${name}#node#`))) continue;
    for (const { attributes, body } of queue.messages()) {
      const id = /^\{"id":"([^"]+)"/.exec(body)?.[1];
      const original = run.deployment.queues
        .get(name)!
        .history.find(({ messageId }) => messageId === attributes['messageId']);
      if (!id || !original || !attributes['receives']) continue;
      if (run.deployment.mayBeSilent(original.body) || run.mishaps.has(`${name}#remediation#${id}`)) continue;
      yield {
        what: `command ${id} was buried after ${attributes['receives']} deliveries without trouble`,
      };
    }
  }
}

/** Each poll of a call has one message, unless something has gone wrong. */
export function* followedOnce(run: Run): Iterable<Finding> {
  const ofPolling = [...run.mishaps.keys()].filter((key) => key.startsWith('poll-jobs')).length;
  const follows = run.deployment.queues.get('poll-jobs')!.history.flatMap(({ body, by }) => {
    if (!by.startsWith('poll-jobs#')) return [];
    const { callId, look } = JSON.parse(body);
    return [{ callId, look }];
  });
  for (const [callId, ofCall] of Map.groupBy(follows, ({ callId: id }) => id)) {
    const looks = Map.groupBy(ofCall, ({ look }) => look);
    const more = [...looks.values()].filter(({ length }) => length > 1).length;
    if (more > 2 + ofPolling)
      yield { what: `of ${looks.size} polls of call ${callId}, ${more} were asked for more than once` };
  }
}

/** A process that learns the outcome of a call, or polls it, asks for the next poll. */
export function* lookedAtAgain(run: Run): Iterable<Finding> {
  const { history } = run.deployment.queues.get('poll-jobs')!;
  for (const { call, was, by, atMs } of callWrites(run)) {
    if (call.state !== 'lost' && call.state !== 'accepted') continue;
    const isNews = call.state !== was?.state || call.looks > was.looks;
    if (!isNews || by.startsWith('sweep#') || hadMishap(run, by)) continue;
    const isAsked = history.some((message) => message.by === by && message.body.includes(`"${call.id}"`));
    if (!isAsked)
      yield {
        what: `${by} left call ${call.id} ${call.state} at ${clock(atMs)}, and did not ask for another poll`,
        atMs,
      };
  }
}

const OVER = ['succeeded', 'failed', 'skipped', 'escalated'];
/** How long a process that ends a remediation takes to release its nodes. */
const AT_ONCE_MS = 60_000;

/** A process that ends a remediation releases its nodes, and leaves nothing to a sweep. */
export function* givenBackAtOnce(run: Run): Iterable<Finding> {
  for (const { document, before, by, atMs } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || !BY_JOB.includes(value.action) || hadMishap(run, by))
      continue;
    if (!OVER.includes(value.state) || (before?.['value'] as any)?.state === value.state) continue;
    for (const node of Object.keys(value.outcomes)) {
      const isHeld = (thenMs: number) => holdAt(run, value.pool, node, thenMs)?.remediation === value.id;
      if (!isHeld(atMs)) continue;
      const isKept = isHeld(atMs + AT_ONCE_MS);
      if (isKept)
        yield {
          what: `${by} ended ${value.id} (${value.state}) at ${clock(atMs)}, and kept ${node} held`,
          atMs,
        };
    }
  }
}

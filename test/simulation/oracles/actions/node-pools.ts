import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { sentAs } from '../consent/consent.ts';
import { type Asked, askedBy, askedFor, intentOf } from '../facts/asked.ts';
import { clock, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** How old what a change is merged into may be: as long as a function may run. */
const READING_MS = 60_000;
/** The effect of a lost call is searched for this long, less the time that the polls need. */
const FOUND_MS = 8 * 60_000;
const PLAN_VALID_MS = 24 * 3_600_000;
/** The API wants them in every change. */
const ALWAYS = ['flavor', 'count', 'maxCount'];

/** How a node pool was at any moment of a span of time. */
function statesOf({ nodePools: { history } }: Run, pool: string, name: string, fromMs: number, toMs: number) {
  const own = history.filter((entry) => entry.pool === pool && entry.nodePool === name);
  return own.filter(
    ({ atMs }, index) => atMs <= toMs && (own[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
}

/** A change of a node pool changes what its command says, and sends of the rest nothing but what was true right then. */
export function* changesNothingElse(run: Run): Iterable<Finding> {
  for (const request of askedFor(run)) {
    if (request.action !== 'update-node-pool') continue;
    const where = `request ${request.number} at ${clock(request.sentAtMs)}`;
    const sent: Record<string, any> = request.body.spec.resources;
    const then = statesOf(
      run,
      request.pool,
      request.targets[0]!,
      request.sentAtMs - READING_MS,
      request.atMs,
    );
    for (const { id, parameters } of askedBy(run, request)) {
      const wanted: Record<string, any> = parameters.spec.resources;
      for (const [field, value] of Object.entries(sent)) {
        if (!(field in wanted) && !ALWAYS.includes(field)) {
          yield { what: `${where} sent ${field}, and ${id} does not name it`, atMs: request.atMs };
        } else if (field in wanted && (typeof wanted[field] !== 'object' || wanted[field] === null)) {
          if (wanted[field] !== value)
            yield {
              what: `${where} sent ${field} ${value}; ${id} wants ${wanted[field]}`,
              atMs: request.atMs,
            };
        } else if (Array.isArray(wanted[field])) {
          if (JSON.stringify(value) !== JSON.stringify(wanted[field]))
            yield { what: `${where} did not send ${field} as ${id} has it`, atMs: request.atMs };
        } else if (field in wanted) {
          for (const [key, own] of Object.entries(wanted[field]))
            if (value[key] !== own)
              yield { what: `${where} did not send ${field}.${key} of ${id}`, atMs: request.atMs };
          for (const [key, other] of Object.entries(value)) {
            if (key in wanted[field] || then.some(({ resources }) => resources?.[field]?.[key] === other))
              continue;
            yield { what: `${where} sent ${field}.${key}, which was not so`, atMs: request.atMs };
          }
        } else if (field === 'flavor' || (field === 'count' && !('maxCount' in wanted))) {
          if (!then.some(({ resources }) => resources?.[field] === value))
            yield {
              what: `${where} sent ${field} ${value}, which it was not for ${READING_MS / 1000} s; ${id} says nothing of it`,
              atMs: request.atMs,
            };
        }
      }
    }
  }
}

/** A request that is sent again, because its effect is unknown, does not undo a change that another made in between. */
export function* undoesNothing(run: Run): Iterable<Finding> {
  const changes = askedFor(run)
    .filter(({ action, effect }) => action === 'update-node-pool' && effect)
    .map((request) => ({ request, by: askedBy(run, request)[0] }));
  for (const [index, { request, by }] of changes.entries()) {
    const ofSame = changes
      .slice(0, index)
      .filter(({ request: other }) => other.pool === request.pool && other.targets[0] === request.targets[0]);
    const first = ofSame.findIndex((other) => other.by?.id === by?.id);
    if (first === -1) continue;
    const undone = ofSame.slice(first).find((other) => other.by?.id !== by?.id && contradict(other.by, by));
    if (undone)
      yield {
        what: `request ${request.number} at ${clock(request.atMs)} was sent for ${by.id} again, and undid what ${undone.by.id} had changed in request ${undone.request.number}`,
        atMs: request.atMs,
      };
  }
}

function contradict(one: any, other: any): boolean {
  const [mine, theirs] = [one, other].map((remediation) => remediation?.parameters.spec.resources ?? {});
  return mine.count !== undefined && theirs.count !== undefined && mine.count !== theirs.count;
}

/** Nothing is done to a node pool, or updated, that is only observed, or waits for an approval. */
export function* askedWithConsent(run: Run): Iterable<Finding> {
  for (const request of askedFor(run)) {
    for (const remediation of askedBy(run, request)) {
      const { id } = remediation;
      const said = sentAs(run, remediation)?.['mode'];
      const mode = request.action === 'delete-node-pool' ? 'approve' : String(said ?? remediation.mode);
      const where = `request ${request.number} (${request.action}) at ${clock(request.sentAtMs)}`;
      if (mode === 'act') continue;
      if (mode === 'observe' || said === 'observe') {
        yield { what: `${where} was sent for ${id}, which is only observed`, atMs: request.sentAtMs };
        continue;
      }
      const approval = run.correspondence.decided.findLast(
        ({ remediation: decided, input: { decision }, atMs }) =>
          decided === id && decision === 'approve' && atMs <= request.sentAtMs,
      );
      if (!approval) {
        yield { what: `${where} was sent for ${id} without an approval`, atMs: request.sentAtMs };
        continue;
      }
      const agedMs = approval.atMs - Date.parse(approval.plan.at);
      if (agedMs > PLAN_VALID_MS)
        yield {
          what: `${where} rests on a plan that was approved ${agedMs / 3_600_000} hours after it was made`,
          atMs: request.sentAtMs,
        };
      if (request.action === 'delete-node-pool') yield* asPlanned(run, request, approval.plan, where);
    }
  }
}

/** A deletion takes away exactly the nodes that its approved plan names. */
export function* asPlanned(run: Run, request: Asked, plan: any, where: string): Iterable<Finding> {
  if (!request.effect) return;
  const taken: string[] = request.effect['nodes'];
  const added = taken.filter(
    (node) =>
      !plan.changes.nodes.includes(node) &&
      // A node that has come since the reading is forgiven.
      run.world.ever(
        request.pool,
        node,
        request.sentAtMs - READING_MS,
        request.sentAtMs - READING_MS,
        ({ present }) => present,
      ),
  );
  // A plan that does not know a node by its name says that there are more.
  const [unnamed = 0] = (plan.remarks ?? []).map((remark: string) => Number.parseInt(remark, 10));
  if (added.length > unnamed)
    yield {
      what: `${where} deleted ${added.join(', ')} with it, and the approved plan does not name them`,
      atMs: request.atMs,
    };
}

/** A deletion is sent once, unless the API has said for certain that it did nothing. */
export function* deletedOnce(run: Run): Iterable<Finding> {
  const seen = new Map<string, Asked>();
  for (const request of askedFor(run)) {
    if (request.action !== 'delete-node-pool') continue;
    for (const { id } of askedBy(run, request)) {
      const earlier = seen.get(id);
      if (earlier)
        yield {
          what: `node pool ${request.targets[0]} was deleted for ${id} in request ${earlier.number}, and again in request ${request.number}`,
          atMs: request.atMs,
        };
      const isRefused = request.answered && !request.effect && request.status < 501;
      if (!isRefused) seen.set(id, request);
    }
  }
}

/** Only what is truly gone is said to be deleted, and what was deleted is known to be. */
export function* trulyDeleted(run: Run): Iterable<Finding> {
  for (const { document, before, atMs } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'delete-node-pool') continue;
    if (value.state !== 'succeeded' || (before?.['value'] as any)?.state === 'succeeded') continue;
    const then = statesOf(run, value.pool, value.nodePool, atMs - 70_000, atMs);
    if (then.length > 0 && then.every(({ resources }) => resources !== undefined))
      yield {
        what: `node pool ${value.nodePool} was said to be deleted at ${clock(atMs)}, and was there`,
        atMs,
      };
  }
  for (const request of askedFor(run)) {
    if (request.action !== 'delete-node-pool' || !request.effect) continue;
    for (const { remediation } of intentOf(run, request)?.members ?? []) {
      const { state } = documentAt(run, `remediation#${remediation}`, run.endMs);
      if (request.effect['isDone'] && state !== 'succeeded' && state !== 'needs-human')
        yield {
          what: `request ${request.number} deleted ${request.targets[0]}, and ${remediation} ended ${state}`,
        };
      const gone = run.nodePools.history.find(
        ({ request: number, resources }) => number === request.number && resources === undefined,
      );
      const isOut = run.scenario.inputs.some(
        (input) => input.kind === 'outage' && input.atMs + input.lastsMs > request.sentAtMs,
      );
      // The search lasts so long. Every poll from the first to the last one can find it, where anything can be read.
      const isFound = gone && gone.atMs < request.sentAtMs + FOUND_MS && !isOut;
      if (isFound && state !== 'succeeded' && !isLastLookBlind(run, request, remediation))
        yield {
          what: `request ${request.number} deleted ${request.targets[0]} at ${clock(gone.atMs)}, and ${remediation} does not know: it ended ${state}`,
        };
    }
  }
}

/** Whether the process that handed a deletion to a person at its deadline read nothing certain about the node pool. */
function isLastLookBlind(run: Run, { pool, targets }: Asked, remediation: string): boolean {
  const last = writesOf(run, `remediation#${remediation}`).find(
    ({ document }) => (document['value'] as any).state === 'needs-human',
  );
  return run.requests.some(
    ({ by, method, path, answered, odd }) =>
      by === last?.by &&
      method === 'GET' &&
      path === `/pools/${pool}/nodepools/${targets[0]}` &&
      (!answered || odd !== undefined),
  );
}

/** A change has succeeded only when the node pool was as the change wants it. */
export function* cameAbout(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'update-node-pool') continue;
    if (value.state !== 'succeeded' || (before?.['value'] as any)?.state === 'succeeded') continue;
    const { count, labels: wanted } = value.parameters.spec.resources;
    // If the API did not show a field before the change either, it may never show it.
    const labels = value.plan?.changes?.labels?.from === null ? undefined : wanted;
    const then = statesOf(run, value.pool, value.nodePool, atMs - 70_000, atMs);
    const isSo = then.some(
      ({ resources }) =>
        (count === undefined || resources?.['count'] === count) &&
        Object.entries(labels ?? {}).every(([key, own]) => (resources?.['labels']?.[key] ?? null) === own),
    );
    const fromMs = Math.min(atMs - 70_000, run.deployment.begun.get(by)?.atMs ?? atMs);
    const inMotion = run.world
      .namesOf(value.pool)
      .filter(
        (node) =>
          !run.world.ever(
            value.pool,
            node,
            fromMs,
            atMs,
            ({ phase, present, nodePool }) =>
              !present || nodePool !== value.nodePool || !['Creating', 'Deleting'].includes(phase),
          ),
      )
      // A node that appears later has no past yet.
      .filter((node) => run.world.past(value.pool, node)[0]!.fromMs <= fromMs);
    // A node pool that was as it should be before any request is not waited for, even if something else is in motion.
    const isUnchanged = value.receipts.some(({ guard }: any) => guard === 'already-done');
    if (inMotion.length > 0 && !isUnchanged)
      yield {
        what: `change ${value.id} of ${value.nodePool} was said to have come about at ${clock(atMs)}, when ${inMotion.join(', ')} was still in motion`,
        atMs,
      };
    if (!isSo)
      yield {
        what: `change ${value.id} of ${value.nodePool} was said to have come about at ${clock(atMs)}, and had not`,
        atMs,
      };
  }
}

/** Each firing that was taken is one command, however often it came. */
export function* oneCommandPerFiring(run: Run): Iterable<Finding> {
  const all = valuesOf(run, 'remediation#').filter(({ reason }) => reason?.source === 'schedule');
  const firings = new Set(
    run.actions.fired.map(({ input }) => `${input.schedule} ${new Date(input.scheduledAtMs).toISOString()}`),
  );
  for (const firing of firings) {
    const [schedule, at] = firing.split(' ');
    const own = all.filter(
      ({ reason }) => reason.schedule === schedule && Date.parse(reason.scheduledAt) === Date.parse(at!),
    );
    const taken = run.actions.fired.some(
      ({ input, accepted }) =>
        accepted && input.schedule === schedule && input.scheduledAtMs === Date.parse(at!),
    );
    if (own.length > 1) yield { what: `the firing ${firing} became ${own.length} commands` };
    // A schedule that was taken out of the rules file meanwhile has its trace among the dead letters.
    const isKnown = [run.rules, ...run.deployment.rules].every(({ schedules }) =>
      schedules.some(({ name }) => name === schedule),
    );
    if (taken && own.length === 0 && isKnown)
      yield { what: `the firing ${firing} was taken, and left no trace` };
    for (const { id, createdAt, receipts } of own) {
      const decidedMs = Date.parse(createdAt);
      const isTaken = receipts.find(({ step }: any) => step === 'schedule')?.allowed;
      const isLate = decidedMs - Date.parse(at!) > 24 * 3_600_000;
      const [{ by } = { by: '' }] = writesOf(run, `remediation#${id}`);
      const rival = rivalOf(run, schedule!, { dueMs: Date.parse(at!), decidedMs, by });
      if (isTaken && isLate) yield { what: `the firing ${firing} was carried out a day late` };
      if (isTaken && rival) yield { what: `the firing ${firing} was carried out after one of ${rival}` };
      if (!isTaken && !isLate && !rival)
        yield {
          what: `the firing ${firing} was not carried out, and nothing has overtaken it`,
        };
    }
  }
}

/** Another schedule that has changed the same since a firing was due, or changes it at the same time and has the last word. */
const fieldsOf = ({ action, parameters }: any): string[] => {
  if (action === 'update-nodes')
    return parameters.tags?.map(({ key }: any) => `tag ${key}`) ?? ['redundancy'];
  if (action !== 'update-node-pool') return [action];
  // The two numbers of a node pool go together.
  return Object.keys(parameters.spec.resources).map((field) => (field === 'maxCount' ? 'count' : field));
};

const targetOf = ({ nodePool, nodes }: any): string => nodePool ?? JSON.stringify(nodes);

function rivalOf(
  run: Run,
  name: string,
  { dueMs, decidedMs, by }: { dueMs: number; decidedMs: number; by: string },
): string | undefined {
  const { schedules } = rulesOf(run, { by }) as any;
  const own = schedules.findIndex((schedule: any) => schedule.name === name);
  return schedules.find((other: any, index: number) => {
    if (index === own || other.mode === 'observe' || targetOf(other) !== targetOf(schedules[own]))
      return false;
    if (!fieldsOf(other).some((field) => fieldsOf(schedules[own]).includes(field))) return false;
    return run.scenario.inputs.some(
      (input) =>
        input.kind === 'firing' &&
        input.schedule === other.name &&
        input.scheduledAtMs <= decidedMs &&
        (input.scheduledAtMs > dueMs || (input.scheduledAtMs === dueMs && index > own)),
    );
  })?.name;
}

/** A change that has begun has failed only when its time is over, or when nothing is left that it could change. */
export function* failedInTime(run: Run): Iterable<Finding> {
  for (const { id, action, pool, nodePool, node, deadline, receipts } of valuesOf(run, 'remediation#')) {
    if (action !== 'update-node-pool' && action !== 'delete-node-pool') continue;
    // A change that was made for the sake of a node has failed when that node is broken, however well it has come about.
    if (node !== undefined) continue;
    const failed = receipts.find(({ step, state }: any) => step === 'verify' && state === 'failed');
    if (!failed || deadline === undefined || failed.at >= deadline) continue;
    const atMs = Date.parse(failed.at);
    const isGone = statesOf(run, pool, nodePool, atMs - READING_MS, atMs).some(
      ({ resources }) => resources === undefined,
    );
    if (!isGone)
      yield {
        what: `${action} ${id} was said to have failed at ${failed.at}, as ${failed.why}; it had time until ${deadline}`,
        atMs,
      };
  }
}

/** Nodes that run workloads are not taken away with their node pool, and their redundancy is not changed. */
export function* workloadsSpared(run: Run): Iterable<Finding> {
  for (const request of askedFor(run)) {
    const isRedundancy = String(request.body?.action).endsWith('HaRedundant');
    const isDeletion = request.action === 'delete-node-pool';
    if (!request.effect || !(isRedundancy || isDeletion)) continue;
    const nodes: string[] = isDeletion ? request.effect['nodes'] : request.targets;
    for (const remediation of askedBy(run, request)) {
      const said: any = sentAs(run, remediation);
      if (said?.options?.interruptWorkloads || remediation.options?.interruptWorkloads) continue;
      const targets: string[] = Object.keys(remediation.outcomes);
      const busy = nodes
        .filter((node) => isDeletion || targets.includes(node))
        // A node that has come since the reading is forgiven.
        .filter((node) => wasThere(run, request, node))
        .filter(
          (node) =>
            !run.world.ever(
              request.pool,
              node,
              request.sentAtMs - READING_MS,
              request.sentAtMs,
              ({ workload }) => workload === undefined,
            ),
        );
      if (busy.length > 0)
        yield {
          what: `request ${request.number} (${request.action}) for ${remediation.id} disturbed what runs on ${busy.join(', ')}`,
          atMs: request.atMs,
        };
    }
  }
}

/** Whether a pool had a node when it was read for a request. */
function wasThere({ world }: Run, { pool, sentAtMs }: Asked, node: string): boolean {
  const readMs = sentAtMs - READING_MS;
  return world.ever(pool, node, readMs, readMs, ({ present }) => present);
}

/** A pool keeps a node pool, and none is taken away under a job of ours. */
export function* mayGo(run: Run): Iterable<Finding> {
  const asked = askedFor(run);
  for (const { action, effect, number, targets, atMs } of asked) {
    if (action !== 'delete-node-pool' || !effect) continue;
    const { staying, inWork } = effect;
    const where = `request ${number} at ${clock(atMs)} deleted ${targets[0]}`;
    if (staying === 0) yield { what: `${where}, the last node pool`, atMs };
    if (inWork.length > 0)
      yield { what: `${where} under the jobs that have ${inWork.join(', ')} in work`, atMs };
  }
}

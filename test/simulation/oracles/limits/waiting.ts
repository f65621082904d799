import { documentAt, holdAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, destructiveRequests, OUT_OF_SERVICE } from '../facts/destructive.ts';
import { isUndisturbed, mostOut, numberOf, poolAt, spentBefore, wasDisturbed } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { stormsOf } from './storm.ts';
import { isOpen } from './windows.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A node counts for a day, from the end of the hour in which it was worked on. */
const COUNTED_MS = 25 * HOUR_MS;
/** A command that waits looks by itself every quarter of an hour; and what is lost is found by a sweep, and delivered again. */
const LOOKS_MS = 17 * MINUTE_MS;
const DISTURBED_MS = 65 * MINUTE_MS;

/** A span of time in which one remediation was deferred all the time. */
type Wait = { id: string; pool: string; nodes: string[]; createdAt: string; fromMs: number; toMs: number };

/** Every wait of every command that is to put nodes out of service. */
function waitsOf(run: Run): Wait[] {
  return valuesOf(run, 'remediation#').flatMap(({ id, action, pool, whole, createdAt, ...own }): Wait[] => {
    // A supernode goes as a whole, and needs room for all of its nodes.
    const nodes: string[] = [...(own.nodes ?? []), ...(whole?.nodes ?? [])];
    if (!OUT_OF_SERVICE.includes(action)) return [];
    const waits: Wait[] = [];
    let open: Wait | undefined;
    for (const { document, atMs } of writesOf(run, `remediation#${id}`)) {
      const isDeferred = (document['value'] as any).state === 'deferred';
      if (isDeferred && !open) {
        const names = nodes.map((node: string) => run.world.nameOf(pool, node) ?? node);
        open = { id, pool, nodes: names, createdAt, fromMs: atMs, toMs: run.endMs };
        waits.push(open);
      }
      if (!isDeferred && open) {
        open.toMs = atMs;
        open = undefined;
      }
    }
    return waits;
  });
}

/** Whether a command also waits for something else than a window, whose time is known and later. */
function waitsForMore(run: Run, id: string, atMs: number): boolean {
  const receipts: any[] = valuesOf(run, `remediation#${id}`)[0]?.receipts ?? [];
  return receipts.some(
    ({ at, allowed, guard, until = '' }) =>
      allowed === false && guard !== 'window' && Date.parse(at) <= atMs && Date.parse(until) > atMs,
  );
}

/** The moments at which something may have changed for those who wait for a pool. */
function changesOf(run: Run, pool: string, { fromMs, toMs }: Wait): number[] {
  const places = writesOf(run, `pool#${pool}`)
    .filter(({ document, before }) => heldOf(document['value']) !== heldOf(before?.['value']))
    .map(({ atMs }) => atMs);
  const nodes = run.world
    .namesOf(pool)
    .flatMap((node) => run.world.past(pool, node).map((stretch) => stretch.fromMs));
  const { storm, breaker } = documentAt(run, `pool#${pool}`, toMs) ?? {};
  const incidents = [storm?.until, breaker?.openUntil].flatMap((at) => (at ? [Date.parse(at)] : []));
  const days = destructiveRequests(run)
    .filter((request) => request.pool === pool)
    .map(({ sentAtMs }) => Math.floor(sentAtMs / HOUR_MS) * HOUR_MS + COUNTED_MS);
  const storms = stormsOf(run, pool).flatMap(({ fromMs: beganMs, untilMs }) => [beganMs, untilMs]);
  return [...places, ...nodes, ...incidents, ...days, ...storms].filter(
    (atMs) => atMs > fromMs && atMs < toMs,
  );
}

function heldOf(record: any): string {
  return Object.keys(record?.held ?? {}).join();
}

/** No command waits for longer than a check takes, while there is room and nothing happens in the pool. */
export function* noNeedlessWait(run: Run): Iterable<Finding> {
  // A spoilt document may be in the way, and shows nowhere else.
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules' || kind === 'spoil')) return;
  const longMs = isUndisturbed(run) ? LOOKS_MS : DISTURBED_MS;
  const waits = waitsOf(run);
  for (const wait of waits) {
    const { id, pool, nodes, fromMs, toMs, createdAt } = wait;
    if (toMs - fromMs < longMs) continue;
    const moments = [fromMs, ...changesOf(run, pool, wait).toSorted((a, b) => a - b), toMs];
    for (const [index, beganMs] of moments.entries()) {
      const endedMs = moments[index + 1] ?? toMs;
      if (endedMs - beganMs < longMs) continue;
      const isOldest = !waits.some(
        (other) =>
          other.pool === pool &&
          other.createdAt < createdAt &&
          other.fromMs < endedMs &&
          other.toMs > beganMs,
      );
      const hasWindows = run.rules.pools.some((one) => one.id === pool && one.windows.length > 0);
      if (isOldest && !hasWindows && isFree(run, wait, beganMs + 1_000, endedMs))
        yield {
          what: `${id} for ${nodes.join(', ')} waited from ${clock(beganMs)} to ${clock(endedMs)} (${Math.round((endedMs - beganMs) / MINUTE_MS)} minutes), and nothing was in its way`,
        };
    }
  }
}

/** After a storm nodes are taken one at a time for as long. */
const SLOW_MS = 3_600_000;

/** The guards of the pool and its windows, and the one that refuses the rest of a group for them. */
const OF_POOL = new Set([
  'window',
  'storm',
  'breaker',
  'one-node-at-a-time',
  'failure-domain',
  'budget-per-day',
  'budget',
  'as-a-whole',
]);

/** Whether a guard of the node, or another remediation, defers a command, so that room in the pool does not help it. */
export function isOfNode({ step, guards = [], busy }: any): boolean {
  return step === 'defer' && (busy === true || guards.some((guard: string) => !OF_POOL.has(guard)));
}

/** Whether the API refused to answer, so that the command waits for another try. */
function wasRefused({ step, status }: any): boolean {
  return step === 'defer' && status !== undefined;
}

/** Whether no limit of a pool was in the way of a command from a moment on, as long as nothing happened. */
function isFree(run: Run, { pool, nodes, id }: Wait, atMs: number, untilMs: number): boolean {
  const rules = run.rules.pools.find((one) => one.id === pool);
  const record = documentAt(run, `pool#${pool}`, atMs);
  if (!rules || !record) return false;
  // A time that is known is waited for, also where a slot of the day has been released meanwhile.
  const { deferredUntil = '', receipts = [] } = documentAt(run, `remediation#${id}`, atMs) ?? {};
  const last = receipts.findLast(({ step }: any) => step === 'defer');
  const { receipts: known = [] } = documentAt(run, `remediation#${id}`, untilMs - 1) ?? {};
  const later = [last, ...known.slice(receipts.length)];
  if (later.some((receipt) => receipt && (isOfNode(receipt) || wasRefused(receipt)))) return false;
  if (rules.windows.length === 0 && Date.parse(deferredUntil) > atMs + LOOKS_MS) return false;
  const held = Object.entries<any>(record.held).filter(([, { expiresAt }]) => Date.parse(expiresAt) > atMs);
  if (held.length > 0) return false;
  if ([record.storm?.until, record.breaker?.openUntil].some((at) => at && Date.parse(at) > atMs))
    return false;
  // A plan for several nodes goes as a whole, and has to wait for as long as they are taken one at a time.
  const slowUntilMs = Date.parse(record.storm?.until ?? '') + SLOW_MS;
  if (nodes.length > 1 && (slowUntilMs > atMs || record.breaker?.trips > 0)) return false;
  const now = poolAt(run, pool, atMs);
  if (!nodes.every((node) => now.all.includes(node)) || isBusy(run, pool, nodes, atMs, untilMs)) return false;
  const { maxUnavailable, perDay } = rules.budget;
  const out = new Set([...now.ill, ...nodes]);
  const others = now.well.filter((node) => !nodes.includes(node)).length;
  if (out.size > mostOut(maxUnavailable, now.all.length, others)) return false;
  const worked = new Set([...nodes, ...spentBefore(run, pool, atMs, COUNTED_MS)]);
  const day = numberOf(perDay, now.all.length);
  const mostInDay = 'percent' in perDay && perDay.percent > 0 ? Math.max(day, 1) : day;
  return worked.size <= mostInDay;
}

/** Whether one of the nodes is held for another remediation. */
function isBusy(run: Run, pool: string, nodes: readonly string[], fromMs: number, toMs: number): boolean {
  return nodes.some((node) => [fromMs, toMs].some((atMs) => holdAt(run, pool, node, atMs) !== undefined));
}

/** A command that waits for a window goes when it opens, unless something else is in the way. */
export function* windowsAreUsed(run: Run): Iterable<Finding> {
  if (!isUndisturbed(run) || run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const wait of waitsOf(run)) {
    const { id, pool, fromMs, toMs } = wait;
    const rules = run.rules.pools.find((one) => one.id === pool);
    if (!rules || rules.windows.length === 0) continue;
    const firstMs = Math.ceil((fromMs + 1) / MINUTE_MS) * MINUTE_MS;
    let openMs = 0;
    for (let atMs = firstMs; atMs < toMs && openMs < 3 * MINUTE_MS; atMs += MINUTE_MS) {
      openMs = isOpen(rules.windows, atMs) ? openMs + MINUTE_MS : 0;
      const wasFree = [0, 1, 2].every((ago) => isFree(run, wait, atMs - ago * MINUTE_MS, toMs));
      const isUsed = openMs >= 2 * MINUTE_MS && atMs + MINUTE_MS < toMs && wasFree;
      if (isUsed && !waitsForMore(run, id, atMs))
        yield { what: `${id} waited at ${clock(atMs)}, though a window had been open for a while` };
    }
  }
}

/** A command that waits is not asked again before its time, unless something has moved. */
export function* askedForReason(run: Run): Iterable<Finding> {
  if (!isUndisturbed(run)) return;
  for (const { id, pool, nodePool, receipts } of valuesOf(run, 'remediation#')) {
    if (nodePool !== undefined) continue;
    const defers = receipts.filter(({ step, guards }: any) => step === 'defer' && guards !== undefined);
    const moves = writesOf(run, `pool#${pool}`)
      .filter(
        ({ document, before }) =>
          (document['value'] as any).capacityChangedAt !== (before?.['value'] as any)?.capacityChangedAt ||
          heldOf(document['value']) !== heldOf(before?.['value']),
      )
      .map(({ atMs }) => atMs);
    for (const [index, { at, until }] of defers.entries()) {
      const next = defers[index + 1];
      if (!next || Date.parse(next.at) >= Date.parse(until) - 2_000) continue;
      const hasMoved = moves.some((atMs) => atMs > Date.parse(at) - 20_000 && atMs <= Date.parse(next.at));
      if (!hasMoved)
        yield {
          what: `${id} was deferred at ${clock(Date.parse(at))} until ${until}, and judged again at ${clock(Date.parse(next.at))}, when nothing had moved`,
        };
    }
  }
}

/** No more commands that wait for slots are woken than there are slots, or may be. */
export function* noMoreWokenThanRoom(run: Run): Iterable<Finding> {
  for (const { id: pool, budget } of run.rules.pools) {
    if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) continue;
    /** Each is woken by a write of its own, with the time of its turn. */
    const turns = new Map<string, number>();
    for (const { document, before, atMs, by } of writesOf(run, `pool#${pool}`)) {
      const was = new Map<string, any>(
        ((before?.['value'] as any)?.waiting ?? []).map((one: any) => [one.remediation, one]),
      );
      const woken = (document['value'] as any).waiting.filter(
        ({ remediation, wokenAt, waitsFor }: any) =>
          waitsFor === 'place' && wokenAt && wokenAt !== was.get(remediation)?.wokenAt,
      );
      const again = woken.find(({ remediation }: any) => {
        const last = was.get(remediation)?.wokenAt;
        return last && atMs - Date.parse(last) < 50_000;
      });
      const { all, well } = poolAt(run, pool, atMs);
      const most = Math.max(mostOut(budget.maxUnavailable, all.length, well.length), 3);
      if (again)
        yield { what: `${by} woke ${again.remediation} at ${clock(atMs)}, which was on its way`, atMs };
      for (const { wokenAt } of woken) {
        const turn = `${by} ${wokenAt}`;
        const count = (turns.get(turn) ?? 0) + 1;
        turns.set(turn, count);
        if (count > most)
          yield { what: `${by} woke ${count} commands at ${clock(atMs)} for at most ${most} slots`, atMs };
      }
    }
  }
}

/** A command that waits for a failure domain is woken when nothing of it is held any more, if nothing went wrong. */
export function* domainsAreTold(run: Run): Iterable<Finding> {
  const messages = [...run.deployment.queues.values()].flatMap(({ history }) => history);
  for (const { id: pool } of run.rules.pools) {
    for (const { document, before, atMs, by } of writesOf(run, `pool#${pool}`)) {
      const { waiting, held, storm, breaker } = document['value'] as any;
      const was = (before?.['value'] as any)?.held ?? {};
      const isGivenBack = Object.keys(was).some((node) => held[node] === undefined);
      const isHeldBack = [storm?.until, breaker?.openUntil].some((at) => at && Date.parse(at) > atMs);
      if (!isGivenBack || isHeldBack || by.startsWith('sweep') || wasDisturbed(run, by)) continue;
      const taken = new Set(Object.values<any>(held).flatMap(({ domains }) => domains));
      // The oldest of each domain that is free; a command that is awake already need not be woken, and none behind it.
      const turns: any[] = [];
      for (const entry of waiting.toSorted((a: any, b: any) => (a.createdAt < b.createdAt ? -1 : 1))) {
        if (entry.waitsFor !== 'domain' || Date.parse(entry.until) <= atMs) continue;
        if (entry.domains.some((domain: string) => taken.has(domain))) continue;
        for (const domain of entry.domains) taken.add(domain);
        turns.push(entry);
      }
      const ready = turns.find(
        ({ remediation, wokenAt }) =>
          wokenAt === undefined &&
          Date.parse(documentAt(run, `remediation#${remediation}`, atMs)?.deferredUntil ?? '') > atMs + 5_000,
      );
      const isTold =
        ready === undefined ||
        messages.some(
          ({ body, sentAtMs }) =>
            sentAtMs >= atMs && sentAtMs <= atMs + 5_000 && body.includes(`"id":"${ready.remediation}"`),
        );
      if (!isTold)
        yield {
          what: `${by} released a node at ${clock(atMs)}, and ${ready.remediation}, which waits for its failure domain, was not woken`,
          atMs,
        };
    }
  }
}

/** A command waits only for another one that waits itself, or is being tried; an ended command keeps no other waiting. */
export function* waitsForTheLiving(run: Run): Iterable<Finding> {
  if (!isUndisturbed(run)) return;
  for (const { id, receipts } of valuesOf(run, 'remediation#')) {
    for (const { step, behind: first, at } of receipts) {
      if (step !== 'defer' || first === undefined) continue;
      const atMs = Date.parse(at);
      const isAlive = [0, 5_000].some((agoMs) =>
        ['submitting', 'deferred', 'running', 'verifying'].includes(
          documentAt(run, `remediation#${first}`, atMs - agoMs)?.state,
        ),
      );
      if (!isAlive)
        yield { what: `${id} was deferred at ${clock(atMs)} to wait for ${first}, which was over`, atMs };
    }
  }
}

import { inflateRawSync } from 'node:zlib';
import type { Write } from '#local/rehearsal/cloud/table';
import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import { readingOf, wasDisturbed, wasOddFor } from '../facts/readings.ts';
import { isBuried } from '../limits/storm.ts';
import type { Finding } from '../oracles.ts';

const MINUTE_MS = 60_000;
/** The sweep reads a pool that no process has read for so long. */
const UNREAD_MS = 5 * MINUTE_MS;
/** People hear of a pool that could not be read for so long. */
const NOT_READABLE_MS = 15 * MINUTE_MS;

/** The writes of a pool's snapshot itself, oldest first. Its nodes' identities are items beside it. */
function snapshotsOf(run: Run, pool: string): Write[] {
  return writesOf(run, `snapshot#${pool}`).filter(({ document }) => document.sk === '-');
}

function unpacked(text: string): any {
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString());
}

/** A node as a snapshot has it; undefined where a part of its nodes is not in the table. */
function nodesIn(run: Run, pool: string, { roster, statuses }: any): any[] | undefined {
  // Two readers of one moment write the same parts.
  const parts = new Map(
    writesOf(run, `snapshot#${pool}`)
      .filter(({ document: { sk } }) => sk.startsWith(`roster#${roster.writtenAt}#${roster.id}#`))
      .map(({ document: { sk, ...document } }) => [sk, document['value'] as any]),
  );
  if (parts.size < roster.parts) return undefined;
  const identities = [...parts.values()].flatMap(({ packed }) => unpacked(packed));
  const { statuses: all, of } = unpacked(statuses);
  return identities.map((identity, index) => ({ ...identity, ...all[of[index]] }));
}

/** A snapshot shows each node of the reading behind it with its phase, and no other as well. */
export function* snapshotIsTrue(run: Run): Iterable<Finding> {
  for (const pool of run.world.pools.keys()) {
    for (const { document, before, by, atMs } of snapshotsOf(run, pool)) {
      const { reading } = document['value'] as any;
      if (!reading || reading.at === (before?.['value'] as any)?.reading?.at) continue;
      const asked = readingOf(run, { by, pool }, atMs);
      if (!asked || wasOddFor(run, { by, pool }, atMs)) continue;
      const where = `the snapshot of ${pool} at ${clock(atMs)}`;
      const nodes = nodesIn(run, pool, reading);
      if (!nodes) {
        yield { what: `${where} lacks its nodes`, atMs };
        continue;
      }
      const shown = new Map(nodes.map((node) => [node.name, node]));
      for (const name of new Set([...run.world.namesOf(pool), ...shown.keys()])) {
        const is = (test: Parameters<Run['world']['ever']>[4]) =>
          run.world.ever(pool, name, asked.atMs, asked.atMs, test);
        const node = shown.get(name);
        if (
          node &&
          node.missing === undefined &&
          !is(({ phase, present }) => present && phase === node.phase)
        )
          yield { what: `${where} says that ${name} is ${node.phase}, which it was not`, atMs };
        const isThere = is(({ present }) => present) && !is(({ present }) => !present);
        if ((!node || node.missing !== undefined) && isThere)
          yield { what: `${where} does not show ${name}`, atMs };
      }
    }
  }
}

/** The sweep reads a pool that no other process has read for a while. */
export function* unreadIsRead(run: Run): Iterable<Finding> {
  for (const [by, { atMs }] of run.deployment.begun) {
    if (!by.startsWith('sweep#') || !isDone(run, by)) continue;
    for (const { id: pool } of run.rules.pools) {
      const last = snapshotsOf(run, pool).findLast((write) => write.atMs <= atMs);
      const { reading } = (last?.document['value'] ?? {}) as any;
      if (reading && Date.parse(reading.at) > atMs - UNREAD_MS) continue;
      const path = `/pools/${pool}/nodes`;
      const isRead =
        run.requests.some((request) => request.by === by && request.path === path) ||
        snapshotsOf(run, pool).some((write) => write.atMs > atMs && write.atMs <= atMs + MINUTE_MS);
      if (!isRead && !isUnheard(run, by))
        yield {
          what: `${by} of ${clock(atMs)} did not read ${pool}, which was last read at ${reading?.at ?? 'no time'}`,
          atMs,
        };
    }
  }
}

/** People hear once of a pool that could not be read for long, and once of the end; of no other pool. */
export function* unreadableTold(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  const wants = run.rules.notify.some(({ when }) => when.includes('needs-human'));
  for (const { id: pool } of run.rules.pools) {
    const spans = failuresOf(run, pool);
    for (const { sinceMs, untilMs } of spans) {
      const at = new Date(sinceMs).toISOString();
      const told = toldOf(run, pool, 'not-readable').filter(({ body }) => body.at === at);
      const isLong = sweepsBetween(run, sinceMs + NOT_READABLE_MS, untilMs) > 0;
      if (wants && isLong && told.length === 0 && !isBuried(run, '"incident":"not-readable"'))
        yield {
          what: `no person heard that ${pool} could not be read since ${clock(sinceMs)}`,
          atMs: sinceMs,
        };
    }
    for (const { body, atMs } of toldOf(run, pool, 'not-readable')) {
      const span = spans.find(({ sinceMs }) => sinceMs === Date.parse(body.at!));
      if (!span || atMs - span.sinceMs < NOT_READABLE_MS)
        yield {
          what: `people heard at ${clock(atMs)} that ${pool} could not be read since ${body.at}`,
          atMs,
        };
    }
    for (const { body, atMs } of toldOf(run, pool, 'readable-again'))
      if (!spans.some(({ untilMs }) => untilMs <= atMs))
        yield {
          what: `people heard at ${clock(atMs)} that ${pool} can be read again since ${body.at}`,
          atMs,
        };
    for (const incident of ['not-readable', 'readable-again']) {
      const all = toldOf(run, pool, incident);
      const [ids, times] = [new Set(all.map(({ body }) => body.id)), new Set(all.map(({ body }) => body.at))];
      if (ids.size > times.size)
        yield {
          what: `people heard ${ids.size} times of ${times.size} times when ${pool} was ${incident}`,
        };
    }
  }
}

/** When no reading of a pool was good, as the ledger has it. */
function failuresOf(run: Run, pool: string): { sinceMs: number; untilMs: number }[] {
  const writes = snapshotsOf(run, pool);
  return writes.flatMap(({ document, before }, index) => {
    const { failing } = document['value'] as any;
    if (!failing || failing.since === (before?.['value'] as any)?.failing?.since) return [];
    const end = writes.slice(index).find(({ document: later }) => !(later['value'] as any).failing);
    return [{ sinceMs: Date.parse(failing.since), untilMs: end?.atMs ?? run.endMs }];
  });
}

function toldOf(run: Run, pool: string, incident: string) {
  return run.deployment.told.filter(
    ({ body, taken }) => taken && body.incident === incident && body.pool!.id === pool,
  );
}

/** Whether requests of a process never came to the API. */
function isUnheard({ mishaps }: Run, by: string): boolean {
  return [...mishaps].some(([key, mishap]) => key.startsWith(`${by}/`) && UNHEARD.has(mishap));
}

const UNHEARD = new Set(['hangs-before', 'reset-before', 'not-connected']);

/** How many sweeps began and ended undisturbed within a span of time. */
function sweepsBetween(run: Run, fromMs: number, toMs: number): number {
  return [...run.deployment.begun].filter(
    ([by, { atMs }]) =>
      by.startsWith('sweep#') && atMs >= fromMs && atMs <= toMs - 3 * MINUTE_MS && isDone(run, by),
  ).length;
}

/** Whether a process did its work to the end: nothing disturbed or killed it, and none of its documents was spoilt. */
function isDone(run: Run, by: string): boolean {
  const isSpoilt = run.scenario.inputs.some(({ kind }) => kind === 'spoil');
  return !wasDisturbed(run, by) && run.deployment.begun.get(by)?.killed !== true && !isSpoilt;
}

export const snapshotOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a snapshot shows what was read': snapshotIsTrue,
  'the sweep reads a pool that no other process reads': unreadIsRead,
  'people hear of a pool that cannot be read': unreadableTold,
};

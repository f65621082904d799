import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { badRequest } from '#local/simulator/api-error';
import type { WorldJob } from './pool.ts';
import type { ApiAnswer, LoggedRequest, Route } from './route.ts';
import type { World } from './world.ts';

export type PlannedState = 'inquiring' | 'scheduled' | 'executing' | 'completed' | 'failed' | 'canceled';

/** Maintenance that the vendor has planned, as it truly is. */
export type WorldEvent = {
  id: string;
  pool: string;
  /** As the API names it; it need not be a node of the pool. Absent: the API does not say. */
  node?: string;
  type: string;
  redeployTypes: readonly string[];
  publishedAtMs: number;
  state: PlannedState;
  notBeforeMs?: number;
  startedAtMs?: number;
  finishedAtMs?: number;
  /** The list has it twice. */
  isTwice?: boolean;
  /** Until then no list has it, since then. */
  hidden?: { fromMs: number; untilMs: number };
  /** Its states, oldest first. */
  past: { atMs: number; state: PlannedState }[];
};

/** An announcement. `isTwice`, `hidden`: how the list shows it. */
export type Announced = Pick<
  WorldEvent,
  'id' | 'pool' | 'node' | 'type' | 'redeployTypes' | 'publishedAtMs' | 'isTwice' | 'hidden'
>;

/** Planned maintenance as it truly is. */
export type PlannedEvents = {
  routes: Route[];
  all: WorldEvent[];
  announce(event: Announced): void;
  /** The vendor ends an event, or executes it without waiting for an authorization. */
  decide(id: string, what: 'cancels' | 'executes'): void;
};

const OVER: readonly PlannedState[] = ['completed', 'failed', 'canceled'];
/** How often the vendor looks whether a node is free. */
const LOOKS_MS = 30_000;

export function createPlannedEvents(
  world: World,
  { scheduler, chance, fate, trace }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'fate' | 'trace'>,
): PlannedEvents {
  const all: WorldEvent[] = [];
  /** No page states that the API applies its filters: worlds differ in it. */
  const filters = chance.happens(0.7, 'planned/filters');

  function enter(event: WorldEvent, state: PlannedState): void {
    event.state = state;
    event.past.push({ atMs: scheduler.now(), state });
    if (OVER.includes(state)) event.finishedAtMs = scheduler.now();
    trace('ModelArts', `event ${event.id} of ${event.node ?? 'no node'} is ${state}`);
  }

  function begin(event: WorldEvent, request: number | undefined): void {
    if (event.state !== 'scheduled') return;
    const pool = world.pools.get(event.pool);
    const node = pool?.nodes.get(event.node ?? '');
    if (request !== undefined && node?.job !== undefined) {
      scheduler.at(scheduler.now() + LOOKS_MS, () => begin(event, request), false);
      return;
    }
    event.startedAtMs = scheduler.now();
    enter(event, 'executing');
    const takesMs = chance.between(30, 400, `planned/${event.id}/takes`) * 1000;
    // The maintenance of a node in a job of the API does not change the node.
    const isTaken = pool !== undefined && node !== undefined && node.job === undefined;
    const job = isTaken ? take(event, request) : undefined;
    const ends = fate.decide(`planned/${event.id}/ends`, {
      'maintenance-fails': 0.12,
      'maintenance-leaves-broken': 0.1,
      'maintenance-never-ends': 0.03,
    });
    if (ends === 'maintenance-never-ends') return;
    scheduler.at(
      scheduler.now() + takesMs,
      () => {
        if (event.state !== 'executing') return;
        finish(event, job, ends !== undefined);
        enter(event, ends === 'maintenance-fails' ? 'failed' : 'completed');
      },
      false,
    );
  }

  /** The node is away for as long as its maintenance lasts: in no list of jobs, and yet in work. */
  function take(event: WorldEvent, request: number | undefined): WorldJob {
    const job: WorldJob = {
      id: `maintenance-${event.id}`,
      type: 'maintenance',
      pool: event.pool,
      phase: 'Running',
      startedAtMs: scheduler.now(),
      message: '',
      steps: new Set(),
      works: [],
      nodes: [event.node!],
      request,
      text: '',
      hiddenUntilMs: Number.POSITIVE_INFINITY,
      pauses: [],
    };
    world.jobs.push(job);
    const node = world.pools.get(event.pool)!.nodes.get(event.node!)!;
    node.job = job.id;
    world.change(event.pool, event.node!, { phase: 'Checking' });
    return job;
  }

  function finish(event: WorldEvent, job: WorldJob | undefined, isBroken: boolean): void {
    if (!job) return;
    Object.assign(job, { phase: isBroken ? 'Failed' : 'Success', endedAtMs: scheduler.now() });
    const node = world.pools.get(event.pool)?.nodes.get(event.node ?? '');
    if (node?.job !== job.id) return;
    delete node.job;
    const isIll = isBroken || node.staysBroken;
    world.change(event.pool, node.name, {
      phase: isIll ? 'Abnormal' : 'Available',
      ...(node.driver && { driver: isIll ? 'Abnormal' : 'Running' }),
    });
  }

  function accept(event: WorldEvent, { notBefore, redeployConfig }: any, log: LoggedRequest): ApiAnswer {
    log.pool = event.pool;
    if (event.state !== 'inquiring') throw badRequest(`The event is ${event.state}.`);
    const kind: string | undefined = redeployConfig?.type;
    if (kind !== undefined && !event.redeployTypes.includes(kind)) throw badRequest('redeployConfig.type');
    const node = world.pools.get(event.pool)?.nodes.get(event.node ?? '');
    if (kind === 'SOFT' && node && node.phase !== 'Available') throw badRequest('The node is not available.');
    log.effect = { event: event.id, node: event.node };
    const after = fate.decide(`planned/${event.id}/after`, {
      'maintenance-late': 0.2,
      'maintenance-canceled': 0.08,
      'maintenance-never-begins': 0.03,
    });
    const lateMs = chance.between(60, 900, `planned/${event.id}/late`) * 1000;
    const soonMs = chance.between(1, 20, `planned/${event.id}/soon`) * 1000;
    const givenMs = Math.max(0, Date.parse(notBefore) - scheduler.now()) || 0;
    event.notBeforeMs = scheduler.now() + givenMs + (after === 'maintenance-late' ? lateMs : soonMs);
    enter(event, 'scheduled');
    if (after === 'maintenance-never-begins') return { status: 200, body: {} };
    const next = () =>
      after === 'maintenance-canceled'
        ? event.state === 'scheduled' && enter(event, 'canceled')
        : begin(event, log.number);
    scheduler.at(event.notBeforeMs, () => void next(), false);
    return { status: 200, body: {} };
  }

  const routes: Route[] = [
    [
      /^GET \/scheduled-events$/,
      ({ query }) => {
        const now = scheduler.now();
        const shown = all
          .filter(({ hidden }) => !hidden || now < hidden.fromMs || now >= hidden.untilMs)
          .filter(({ pool }) => !filters || pool === query.get('poolName'))
          .toReversed()
          .flatMap((event) => (event.isTwice ? [render(event), render(event)] : [render(event)]));
        const offset = Number(query.get('offset') ?? 0);
        const events = shown.slice(offset, offset + Number(query.get('limit') ?? 100));
        return { status: 200, body: { events, count: shown.length } };
      },
    ],
    [
      /^POST \/scheduled-events\/([^/]+)\/accept$/,
      ({ body }, [id], log) => {
        const event = all.find((one) => one.id === id);
        if (!event) throw badRequest(`There is no event ${id}.`);
        return accept(event, body ?? {}, log);
      },
    ],
  ];

  return {
    routes,
    all,
    announce(announced) {
      const event: WorldEvent = { ...announced, state: 'inquiring', past: [] };
      all.push(event);
      enter(event, 'inquiring');
    },
    decide(id, what) {
      const event = all.find((one) => one.id === id);
      if (!event || OVER.includes(event.state)) return;
      if (what === 'executes') {
        if (event.state === 'inquiring') enter(event, 'scheduled');
        begin(event, undefined);
        return;
      }
      const job = world.jobs.find((one) => one.id === `maintenance-${id}` && one.endedAtMs === undefined);
      finish(event, job, false);
      enter(event, 'canceled');
    },
  };
}

/** A time as the API writes it. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function render(event: WorldEvent) {
  return {
    id: event.id,
    catalog: 'hardware',
    type: event.type,
    description: 'The hardware needs maintenance',
    state: event.state,
    instanceType: 'standard',
    ...(event.node !== undefined && { nodeName: event.node }),
    poolName: event.pool,
    publishTime: time(event.publishedAtMs),
    ...(event.notBeforeMs !== undefined && { notBefore: time(event.notBeforeMs) }),
    ...(event.startedAtMs !== undefined && { startTime: time(event.startedAtMs) }),
    ...(event.finishedAtMs !== undefined && { finishTime: time(event.finishedAtMs) }),
    redeployType: event.redeployTypes,
  };
}

/** Whether an event was in a state at any moment of a span of time. */
export function wasEver(event: WorldEvent, fromMs: number, toMs: number, state: PlannedState): boolean {
  return event.past.some(
    (one, index) =>
      one.state === state &&
      one.atMs <= toMs &&
      (event.past[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
}

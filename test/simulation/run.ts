import { createHash } from 'node:crypto';
import type { Document } from '#lib/ledger/store';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { createDeployment, type Deployment } from '#local/rehearsal/cloud/deployment';
import { createTable, type Table, type Write } from '#local/rehearsal/cloud/table';
import { createChance } from '#local/rehearsal/engine/chance';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { createScheduler, TooManyStepsError } from '#local/rehearsal/engine/scheduler';
import { createFate, type Mishaps } from './engine/mishaps.ts';
import { wholeTable, wholeWrites } from './ledger-view.ts';

import { NOT_YET_WHERE_ODD } from './not-yet.ts';
import { addedCalls } from './oracles/calls/added-calls.ts';
import { oracles } from './oracles/oracles.ts';
import type { ActionCorrespondence } from './scenario/actors/action-actors.ts';
import { type Correspondence, createActors } from './scenario/actors/actors.ts';
import type { Scenario } from './scenario/scenario.ts';
import { tidied } from './scenario/tidied.ts';
import { isSettled } from './settled.ts';
import { ASKED_WHERE_SPOILT, WORK } from './where-spoilt.ts';
import { createApi } from './world/api.ts';
import { type Asked, createAsked } from './world/asked.ts';
import { createNodePools, type NodePools } from './world/node-pools.ts';
import { createOddReadings } from './world/odd-readings.ts';
import { createPlannedEvents, type PlannedEvents } from './world/planned-events.ts';
import type { LoggedRequest } from './world/route.ts';
import { createTransport } from './world/transport.ts';
import { createWorld, type World } from './world/world.ts';

/** Everything that an oracle may look at once a run is over. */
export type Run = {
  scenario: Scenario;
  rules: Rules;
  world: World;
  nodePools: NodePools;
  planned: PlannedEvents;
  /** Whole documents: a remediation has its receipts. */
  table: Table;
  writes: readonly Write[];
  /** As the table has them: receipts are items of their own. */
  items: { documents: readonly Document[]; writes: readonly Write[] };
  requests: readonly LoggedRequest[];
  /** The calls that each function made with its role. */
  asked: readonly Asked[];
  correspondence: Correspondence;
  actions: ActionCorrespondence;
  deployment: Deployment;
  /** Everything that went wrong. */
  mishaps: Mishaps;
  /** From when on nothing went wrong any more. */
  calmMs: number;
  /** Whether everything came to rest in time. */
  rested: boolean;
  endMs: number;
};

/** A promise that was broken, in words. */
export type Violation = { promise: string; what: string; atMs?: number };

export type TraceLine = { atMs: number; who: string; what: string };

export type Result = {
  violations: Violation[];
  steps: number;
  trace: TraceLine[];
  /** The hash of everything that happened: always the same for the same scenario and mishaps. */
  hash: string;
  mishaps: Mishaps;
};

const MAX_STEPS = 120_000;
/** How long it may take until everything rests: a command may wait for a day, and must be carried out then. */
const REST_MS = 27 * 3_600_000;
const SWEEP_EVERY_MS = 5 * 60_000;

/**
 * Runs a scenario to its end, and asks every oracle. One of a pair is run once more with nothing odd in it, for at least as long: the
 * calls of the two are compared. Otherwise an alert that is delivered to the first alone would count as odd.
 */
export async function run(scenario: Scenario, given?: Mishaps): Promise<Result> {
  const { result, over } = await runOnce(scenario, given);
  if (!scenario.isPair) return result;
  const tidy = await runOnce(tidied(scenario), new Map(), over.endMs);
  for (const found of addedCalls(tidy.over, over))
    result.violations.push({ promise: 'odd answers add no destructive call', ...found });
  return { ...result, steps: result.steps + tidy.result.steps };
}

/** @param atLeastUntilMs before which nothing counts as at rest. */
async function runOnce(
  scenario: Scenario,
  given?: Mishaps,
  atLeastUntilMs = 0,
): Promise<{ result: Result; over: Run }> {
  const chance = createChance(scenario.seed);
  const scheduler = createScheduler(scenario.startMs, chance, MAX_STEPS);
  const fate = createFate(chance, scenario.weather, given, scenario.often, scenario.isPair);
  const trace: TraceLine[] = [];
  const context: ProcessWorld = {
    scheduler,
    chance,
    fate,
    trace: (who, what) => trace.push({ atMs: scheduler.now(), who, what }),
  };
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${String(ids).padStart(5, '0')}`;
  };

  const world = createWorld(structuredClone(scenario.pools), context, scenario.jobSeconds);
  const asked = createAsked();
  const table = asked.tableOf(createTable(context, newId));
  const writes: Write[] = [];
  table.onWrite((write) => {
    writes.push(write);
    const value = write.document['value'] as any;
    const state = value?.state === undefined ? '' : `: ${value.state}${value.why ? `, ${value.why}` : ''}`;
    context.trace(write.by, `writes ${write.document.pk}${state}`);
  });
  const nodePools = createNodePools(world, context);
  const requests: LoggedRequest[] = [];
  const planned = createPlannedEvents(world, context);
  const api = createApi(world, context, scenario.skewMs, [...nodePools.routes, ...planned.routes]);
  const spoil = createOddReadings(context);
  const rules = parseRules(scenario.rulesText, 'rules.yml');
  const deployment = createDeployment(context, {
    table,
    newId,
    firstRules: rules,
    ...(scenario.queues && { crowd: scenario.queues }),
    transportOf: (process) => createTransport(process, context, api, requests, spoil),
  });
  asked.watch(deployment);
  const { settlesMs } = scenario;
  const actors = createActors(context, {
    deployment,
    world,
    table,
    nodePools,
    planned,
    tellUntilMs: settlesMs === undefined ? undefined : scenario.startMs + scenario.lastsMs + settlesMs,
    isPair: scenario.isPair,
  });

  const isAtRest = () =>
    scheduler.now() >= atLeastUntilMs &&
    deployment.running() === 0 &&
    actors.isQuiet() &&
    [...deployment.queues.values()].every((queue) => queue.messages().length === 0) &&
    isSettled(wholeTable(table), deployment, scheduler.now());
  const violations: Violation[] = [];
  let rested = false;
  try {
    actors.begin(scenario.inputs);
    const { sweepEveryMs = SWEEP_EVERY_MS } = scenario;
    const sweepOften = () => {
      void deployment.sweep();
      const againMs = scheduler.now() < scenario.startMs + scenario.lastsMs ? sweepEveryMs : SWEEP_EVERY_MS;
      scheduler.at(scheduler.now() + againMs, sweepOften);
    };
    scheduler.at(scenario.startMs + chance.between(1, sweepEveryMs, 'sweeps'), sweepOften);
    await scheduler.runUntil(scenario.startMs + scenario.lastsMs);
    fate.calm();
    context.trace('the simulation', 'from here on nothing goes wrong any more');
    const { restMs = REST_MS } = scenario;
    await scheduler.runUntil(scenario.startMs + scenario.lastsMs + restMs, isAtRest);
    rested = isAtRest();
  } catch (error) {
    if (!(error instanceof TooManyStepsError)) throw error;
    violations.push({ promise: 'everything comes to rest', what: error.message });
  }

  const over: Run = {
    scenario,
    rules,
    world,
    nodePools,
    planned,
    table: wholeTable(table),
    writes: wholeWrites(writes),
    items: { documents: table.documents(), writes },
    requests,
    asked: asked.calls(),
    correspondence: actors.correspondence,
    actions: actors.others,
    deployment,
    mishaps: fate.happened,
    calmMs: scenario.startMs + scenario.lastsMs,
    rested,
    endMs: scheduler.now(),
  };
  const isOdd =
    scenario.settlesMs !== undefined ||
    requests.some(({ odd }) => odd !== undefined) ||
    scenario.inputs.some((input) => input.kind === 'alert' && input.sender !== undefined);
  const isSpoilt = scenario.inputs.some((input) => input.kind === 'spoil' && WORK.includes(input.prefix));
  for (const [promise, oracle] of Object.entries(oracles)) {
    if (isOdd && NOT_YET_WHERE_ODD.includes(promise)) continue;
    if (isSpoilt && !ASKED_WHERE_SPOILT.includes(promise)) continue;
    for (const found of oracle(over)) violations.push({ promise, ...found });
  }
  const hash = createHash('sha256');
  for (const { atMs, who, what } of trace) hash.update(`${atMs} ${who} ${what}\n`);
  return {
    result: { violations, steps: scheduler.steps(), trace, hash: hash.digest('hex'), mishaps: fate.happened },
    over,
  };
}

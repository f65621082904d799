import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { hasEnded } from '#lib/ledger/phase';
import { type RemediationState, remediationStates } from '#lib/rules/state';
import { startSimulator } from '#local/simulator/simulator';
import { type Door, type RunningProcess, startProcess } from './process.ts';
import { createTraffic } from './traffic.ts';
import { faultsOf, figuresOf, type Seen } from './verdict.ts';
import { POOL, RULES, SPEED } from './world.ts';

// npm run soak: hours of traffic against a simulator that runs faster than the world, while the whole system is killed and started again.

const usage = `Usage: npm run soak -- [--minutes 10] [--seed 1]

Runs the system on one machine, with its data on disk, against a simulator that runs ${SPEED} times as
fast: ten minutes are eight hours. Nodes break, alerts arrive, and the whole process is killed again and
again. In the last third it is left alone, and after a minute its heap is measured. At the end every
accepted alert must have an outcome, no node may have been reset without an alert, and no message may be
a dead letter. The exit code is 1 if not.
`;

const DELIVER_EVERY_MS = 500;
/** Between two faults, on the average. */
const FAULT_EVERY_MS = 2_000;
/** Between two kills. */
const KILL_AFTER_MS = { least: 15_000, most: 40_000 };
/** The share of the time with kills. */
const KILLING = 0.65;
/** How long the work may take to end, once without, and once with a clock that is ahead. */
const REST_MS = { usual: 45_000, ahead: 150_000 };
/** The sweep finds work that a kill has interrupted after a quarter of an hour. The last process starts that much later, by its clock. */
const AHEAD_MS = 20 * 60_000;

const Shown = z.looseObject({ state: z.enum(remediationStates) });
const Letters = z.looseObject({ deadLetters: z.array(z.unknown()) });

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A machine that is busy with other work answers late. */
const ASK_TIMES = 5;

async function ask(door: Door, route: string): Promise<unknown> {
  for (let times = 1; ; times += 1) {
    try {
      const response = await fetch(`${door.url}${route}`, {
        headers: { authorization: `Bearer ${door.consoleToken}` },
        signal: AbortSignal.timeout(60_000),
      });
      if (response.status < 500) return response.ok ? await response.json() : undefined;
    } catch (error) {
      if (times === ASK_TIMES) throw error;
    }
    if (times === ASK_TIMES) throw new Error(`${route} was answered by errors alone`);
    await delay(2_000);
  }
}

async function statesOf(door: Door, ids: readonly string[]): Promise<Seen['states']> {
  const states: Record<string, RemediationState | undefined> = {};
  for (const id of ids) states[id] = Shown.safeParse(await ask(door, `/remediations/${id}`)).data?.state;
  return states;
}

async function soak(minutes: number, seed: number): Promise<Seen> {
  const random = seededRandom(seed);
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  await using parts = new AsyncDisposableStack();
  const data = await mkdtemp(path.join(tmpdir(), 'poolkeeper-soak-'));
  parts.defer(() => rm(data, { recursive: true, force: true }));
  await writeFile(path.join(data, 'poolkeeper.yml'), RULES);
  const pools = [{ id: POOL, name: 'train-a' }];
  const simulator = parts.use(await startSimulator({ speed: SPEED, nodes: 200, pools }, { now }));
  const { accessKey, secretKey } = simulator.credentials;
  const start = (): Promise<RunningProcess> =>
    startProcess(data, {
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: accessKey,
      HUAWEICLOUD_SDK_SK: secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      PORT: '0',
      SOAK_CLOCK_MS: String(aheadMs),
    });
  const say = (text: string): void =>
    console.log(`${((Date.now() - beganMs) / 1000).toFixed(0).padStart(4)} s  ${text}`);

  const beganMs = Date.now();
  const endsMs = beganMs + minutes * 60_000;
  const killsUntilMs = beganMs + minutes * 60_000 * KILLING;
  const traffic = createTraffic(simulator, now);
  let running = await start();
  parts.defer(() => running.kill());
  say('the system is up');
  let kills = 0;
  const nextKill = (): number =>
    Date.now() + KILL_AFTER_MS.least + random() * (KILL_AFTER_MS.most - KILL_AFTER_MS.least);
  let killMs = nextKill();
  let faultMs = Date.now();
  while (Date.now() < endsMs) {
    // A slow machine delivers more at once, and the traffic stays the same.
    for (; faultMs <= Date.now(); faultMs += 2 * random() * FAULT_EVERY_MS) traffic.breakOne(random);
    const { door } = running;
    const delivered = traffic.deliver(door);
    if (Date.now() >= killMs && killMs < killsUntilMs) {
      // In the middle of the deliveries.
      await delay(random() * 50);
      await running.kill();
      kills += 1;
      running = await start();
      say(`kill ${kills}, and up again; ${traffic.accepted.length} alerts accepted so far`);
      killMs = nextKill();
    }
    await delivered;
    await delay(DELIVER_EVERY_MS);
  }

  const ids = (): string[] => traffic.accepted.flatMap(({ remediations }) => remediations);
  const isOver = async (): Promise<boolean> => {
    const states = Object.values(await statesOf(running.door, ids()));
    return traffic.waiting() === 0 && states.every((state) => state !== undefined && hasEnded(state));
  };
  async function rest(withinMs: number): Promise<boolean> {
    const untilMs = Date.now() + withinMs;
    while (Date.now() < untilMs) {
      await traffic.deliver(running.door);
      if (await isOver()) return true;
      await delay(2_000);
    }
    return false;
  }
  say('no more faults; the work that is left goes on');
  const { heap } = running;
  if (!(await rest(REST_MS.usual))) {
    await running.end();
    aheadMs = AHEAD_MS;
    running = await start();
    say(`up again, ${AHEAD_MS / 60_000} minutes later by its clock`);
    await rest(REST_MS.ahead);
  }
  const states = await statesOf(running.door, ids());
  const letters = Letters.parse(await ask(running.door, '/dead-letters'));
  const resets: Record<string, number> = {};
  for (const { nodes, type } of simulator.control.state().jobs)
    if (/reset/i.test(type)) for (const { name } of nodes) resets[name] = (resets[name] ?? 0) + 1;
  await running.end();
  return {
    minutes,
    kills,
    repeated: traffic.repeated(),
    accepted: traffic.accepted,
    states,
    resets,
    deadLetters: letters.deadLetters.length,
    heap,
  };
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help || !(minutes > 0) || !Number.isInteger(seed)) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const seen = await soak(minutes, seed);
  const faults = faultsOf(seen);
  for (const line of [...figuresOf(seen), ...faults]) console.log(line);
  console.log(faults.length === 0 ? 'passed' : `failed, with ${faults.length} faults (--seed ${seed})`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

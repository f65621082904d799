import { cpus, loadavg, totalmem } from 'node:os';
import { benchColdStart, candidatesOf } from './cold/cold-start.ts';
import { benchShares } from './cold/shares.ts';
import { benchDay } from './growth/day.ts';
import { benchLists } from './growth/lists.ts';
import { benchMemory } from './growth/memory.ts';
import { benchNodes, benchReading } from './growth/nodes.ts';
import { benchRulesSizes, benchWindow } from './growth/rules.ts';
import { buildAll } from './peers/build.ts';
import { benchProfiles } from './profile/profile.ts';
import type { Sizes } from './sizes.ts';
import { benchLocalSystem } from './system/local-system.ts';
import { benchFollowing } from './units/following.ts';
import { countIdle } from './units/idle.ts';
import { acceptAlert, remediateAlone, remediateAtOnce, remediateInTurn } from './units/remediations.ts';
import { benchAccepting } from './warm/accepting.ts';
import { benchHot } from './warm/hot.ts';
import { benchSignature } from './warm/signature.ts';
import { benchRules } from './world/rules.ts';
import { startStandIns } from './world/stand-ins.ts';

/** Stands behind the name of a function that is measured without its warm-up. */
export const NOT_WARMED = '(not warmed)';

const warmed: readonly string[] = ['receive-alert', 'reset-nodes', 'poll-jobs'];

/** The functions on the way of an alert, which are measured the most. */
export const onTheWay = ['receive-alert', 'reset-nodes', 'poll-jobs', 'console'] as const;

export type Measurements = Awaited<ReturnType<typeof measureAll>>;

/** @param say gets a line for each theme that begins */
export async function measureAll(size: Sizes, say: (line: string) => void) {
  const machine = machineNow();
  await using bundles = await buildAll(benchRules());
  await using unwarmed = await buildAll(benchRules(), { cold: true });
  await using standIns = await startStandIns(Math.max(size.hotEvents, 64));
  const { folder } = bundles;
  // The same functions without their warm-up, in the same run.
  const without = (await candidatesOf(unwarmed))
    .filter(({ name }) => warmed.includes(name))
    .map((one) => ({ ...one, name: `${one.name} ${NOT_WARMED}` }));
  const candidates = [...(await candidatesOf(bundles)), ...without];
  const named = (...names: readonly string[]) => candidates.filter(({ name }) => names.includes(name));

  say('cold starts');
  const cold = await benchColdStart(candidates, { runs: size.coldRuns, folder }, standIns);
  say('shares of a CPU');
  const some = [...named('lean', 'heavy', 'receive-alert', 'reset-nodes'), ...without];
  const shares = await benchShares(some, { runs: size.shareRuns, folder }, standIns);
  say('hot events');
  const hot = await benchHot(
    named('lean', 'typical', 'heavy', ...onTheWay),
    { events: size.hotEvents, folder },
    standIns,
  );
  say('accepting alerts');
  const accepting = await benchAccepting(bundles, size.groups, standIns);
  const signature = benchSignature(size.signing);
  say('requests and units');
  const counted = {
    alert: await acceptAlert(),
    alone: await remediateAlone(),
    atOnce: await remediateAtOnce(size.atOnce),
    inTurn: await remediateInTurn(size.inTurn.count, size.inTurn),
    inUse: await remediateInTurn(size.inTurn.count, { ...size.inTurn, isInUse: true }),
  };
  say('following jobs');
  const following = await benchFollowing(size.following.count);
  say('growth');
  const byNodes = await benchNodes(size.nodes.sizes, size.nodes.runs);
  const byReading = await benchReading(size.reading.sizes, size.reading, bundles);
  const byRules = await benchRulesSizes(size.rules.sizes, size.rules.rounds);
  const windowUs = benchWindow(size.rules.rounds);
  const day = await benchDay(size.day.count, size.day.everyMs);
  say('lists');
  const byLedger = await benchLists(size.lists);
  say('memory');
  const [poll] = named('poll-jobs');
  const memory = poll ? await benchMemory(poll, { ...size.memory, folder }, standIns) : [];
  say('the local system');
  const posted = await benchLocalSystem(size.posts);
  say('profiles');
  const profiles = await Promise.all(named('reset-nodes').map((one) => benchProfiles(one, folder, standIns)));
  const idle = countIdle();
  const built = [...bundles.peers, ...bundles.functions].filter(({ name }) => name !== 'by-hand');
  const growth = { byNodes, byReading, byRules, windowUs, day, memory, byLedger };
  return {
    size,
    machine,
    built,
    cold,
    shares,
    hot,
    accepting,
    signature,
    counted,
    following,
    growth,
    posted,
    profiles: profiles[0],
    idle,
  };
}

/** The machine, and how busy it is before the first measurement. */
function machineNow() {
  const [first] = cpus();
  return {
    cpu: `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? Number.NaN,
    node: process.versions.node,
  };
}

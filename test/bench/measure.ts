import { cpus, loadavg, totalmem } from 'node:os';
import { benchColdStart, candidatesOf } from './cold/cold-start.ts';
import { benchShares } from './cold/shares.ts';
import { buildAll } from './peers/build.ts';
import type { Sizes } from './sizes.ts';
import { remediateAlone, remediateAtOnce, remediateInTurn } from './units/remediations.ts';
import { benchAccepting } from './warm/accepting.ts';
import { benchHot } from './warm/hot.ts';
import { benchSignature } from './warm/signature.ts';
import { benchRules } from './world/rules.ts';
import { startStandIns } from './world/stand-ins.ts';

/** The functions on the way of an alert, which are measured the most. */
export const onTheWay = ['receive-alert', 'reset-nodes', 'poll-jobs', 'console'] as const;

export type Measurements = Awaited<ReturnType<typeof measureAll>>;

/** @param say gets a line for each theme that begins */
export async function measureAll(size: Sizes, say: (line: string) => void) {
  const machine = machineNow();
  await using bundles = await buildAll(benchRules());
  await using standIns = await startStandIns(Math.max(size.hotEvents, 64));
  const { folder } = bundles;
  const candidates = await candidatesOf(bundles);
  const named = (...names: readonly string[]) => candidates.filter(({ name }) => names.includes(name));

  say('cold starts');
  const cold = await benchColdStart(candidates, { runs: size.coldRuns, folder }, standIns);
  say('shares of a CPU');
  const some = named('lean', 'typical', 'heavy', 'receive-alert', 'reset-nodes');
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
    alone: await remediateAlone(),
    atOnce: await remediateAtOnce(size.atOnce),
    inTurn: await remediateInTurn(size.inTurn.count, size.inTurn),
  };
  const built = [...bundles.peers, ...bundles.functions].filter(({ name }) => name !== 'by-hand');
  return { size, machine, built, cold, shares, hot, accepting, signature, counted };
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

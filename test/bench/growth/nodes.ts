import { liveOnce } from '../cold/cold-start.ts';
import { type Bundles } from '../peers/build.ts';
import { median } from '../statistics/median.ts';
import { remediateAlone } from '../units/remediations.ts';
import { startStandIns } from '../world/stand-ins.ts';

/** The costs of a reset in a pool of this size: milliseconds of CPU of all of its events, and units of the table. */
export type ByNodes = { nodes: number; cpuMs: number; writeUnits: number; readUnits: number };

/** Measures one remediation in pools of each size, on a ledger and an API in memory, so that nothing but our own code counts. */
export async function benchNodes(sizes: readonly number[], runs: number): Promise<ByNodes[]> {
  // The first ones run in the interpreter.
  for (let run = 0; run < runs; run += 1) await remediateAlone(sizes[0]);
  const taken = new Map(sizes.map((nodes) => [nodes, new Array<number>()]));
  const rows = new Map<number, ByNodes>();
  for (let run = 0; run < runs; run += 1) {
    for (const nodes of sizes) {
      const { meter, cpuMs } = await remediateAlone(nodes);
      const all = taken.get(nodes) ?? [];
      all.push(cpuMs);
      const { writeUnits, readUnits } = meter;
      rows.set(nodes, { nodes, cpuMs: median(all), writeUnits, readUnits });
    }
  }
  return [...rows.values()];
}

/** CPU milliseconds of a hot event of `reset-nodes` that reads a pool of each size over HTTP, the largest that the simulator has among them. */
export async function benchReading(
  sizes: readonly number[],
  { events }: { events: number },
  { functions, folder }: Pick<Bundles, 'functions' | 'folder'>,
): Promise<{ nodes: number; cpuMs: number }[]> {
  const rows: { nodes: number; cpuMs: number }[] = [];
  const reset = functions.find(({ name }) => name === 'reset-nodes');
  if (!reset) return rows;
  for (const nodes of sizes) {
    await using standIns = await startStandIns(nodes);
    const { handled } = await liveOnce({ ...reset, kind: 'reset-nodes' }, { events, folder }, standIns);
    const hot = handled.slice(-Math.ceil(events / 2));
    rows.push({ nodes, cpuMs: median(hot.map(({ cpuMs }) => cpuMs)) });
  }
  return rows;
}

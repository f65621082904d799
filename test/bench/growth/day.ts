import { meteredTurn } from '../units/remediations.ts';

/** Units and CPU milliseconds of each remediation, for the first, the middle and the last tenth of a long row. */
export type Tenth = { after: number; writeUnits: number; readUnits: number; cpuMs: number };

/** Whether a remediation costs the same after many others on the same ledger. `everyMs`: a day of 20,000 has one each 4.3 s. */
export async function benchDay(count: number, everyMs: number): Promise<Tenth[]> {
  const nodes = count;
  const samples = await meteredTurn(count, { nodes, everyMs, every: Math.ceil(count / 10) });
  return samples.map((sample, index) => {
    const before = samples[index - 1];
    const done = sample.received - (before?.received ?? 0);
    const each = (key: 'writeUnits' | 'readUnits' | 'cpuMs'): number =>
      (sample[key] - (before?.[key] ?? 0)) / done;
    return {
      after: sample.received,
      writeUnits: each('writeUnits'),
      readUnits: each('readUnits'),
      cpuMs: each('cpuMs'),
    };
  });
}

import { findRule } from '#lib/rules/match';
import { windowAt } from '#lib/rules/window';
import { buildAll } from '../peers/build.ts';
import { median } from '../statistics/median.ts';
import { benchRules } from '../world/rules.ts';

/** `matchUs`: microseconds to find the rule of an alert, which is the last one. `KB`: of the bundles that match rules, and of others. */
export type ByRules = { rules: number; matchUs: number; receiveKB: number; resetKB: number };

const alert = {
  source: 'alertmanager',
  labels: { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-1', severity: 'critical' },
  annotations: {},
};

/** Matches an alert against files of each size. */
export async function benchRulesSizes(sizes: readonly number[], rounds: number): Promise<ByRules[]> {
  const rows: ByRules[] = [];
  for (const size of sizes) {
    const rules = benchRules(size - 1);
    await using bundles = await buildAll(rules);
    const bytes = (name: string): number => bundles.functions.find((one) => one.name === name)?.bytes ?? 0;
    rows.push({
      rules: size,
      matchUs: microseconds(() => findRule(rules, alert), rounds),
      receiveKB: bytes('receive-alert') / 1024,
      resetKB: bytes('reset-nodes') / 1024,
    });
  }
  return rows;
}

/** Microseconds to find out whether a closed window of a week is open, and when it opens. */
export function benchWindow(rounds: number): number {
  const windows = [{ start: '0 22 ? * SAT *', lengthMs: 6 * 3_600_000, timezone: 'Europe/Berlin' }];
  const monday = Date.parse('2026-11-23T10:00:00Z');
  return microseconds(() => windowAt(windows, monday), rounds);
}

/** CPU time, which other processes disturb less than the clock. */
function microseconds(work: () => unknown, rounds: number): number {
  const taken = Array.from({ length: 11 }, () => {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / rounds;
  });
  return median(taken);
}

import { runProcess } from '../cold/run-process.ts';
import type { Bundles } from '../peers/build.ts';
import { figure, median } from '../statistics/median.ts';
import { alertEvent } from '../world/events.ts';
import type { StandIns } from '../world/stand-ins.ts';

/** The costs of an accepted alert. `perSecond`: alerts on one CPU that does nothing else. `byHand`: the same requests, signed by hand. */
export type Accepting = {
  group: number;
  cpuMs: number;
  requests: number;
  perSecond: number;
  byHandCpuMs: number;
};

/** Posts new alerts in groups of each size to `receive-alert`, one post after another, and measures the later half of the posts. */
export async function benchAccepting(
  { functions, peers, folder }: Bundles,
  groups: readonly { group: number; posts: number }[],
  standIns: StandIns,
): Promise<Accepting[]> {
  const receive = functions.find(({ name }) => name === 'receive-alert')?.file ?? '';
  const byHand = peers.find(({ name }) => name === 'by-hand')?.file ?? '';
  const measured: Accepting[] = [];
  for (const { group, posts } of groups) {
    const events = Array.from({ length: posts }, (_, post) =>
      alertEvent(Array.from({ length: group }, (__, index) => `node-${post}-${index}`)),
    );
    const ours = await later(receive, events, folder, standIns);
    const asMany = events.map(() => ({ requests: ours.requests }));
    const theirs = await later(byHand, asMany, folder, standIns);
    measured.push({
      group,
      cpuMs: ours.cpuMs / group,
      requests: ours.requests / group,
      perSecond: (1000 * group) / ours.cpuMs,
      byHandCpuMs: theirs.cpuMs / group,
    });
  }
  return measured;
}

async function later(bundle: string, events: readonly object[], folder: string, standIns: StandIns) {
  const environment = { ...(await standIns.fresh()), LAMBDA_TASK_ROOT: folder };
  const { handled } = await runProcess({ bundle, events, environment });
  const hot = handled.slice(Math.floor(handled.length / 2));
  const { median: cpuMs } = figure(hot.map((event) => event.cpuMs));
  return { cpuMs, requests: median(hot.map((event) => event.requests)) };
}

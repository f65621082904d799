import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '#local/build/bundle';
import { startCloud } from '#local/cloud/cloud';
import { startSimulator } from '#local/simulator/simulator';
import { describeStack } from '#local/stack/describe';
import { root } from '#test/meta/serverless-declaration';
import { alertBody } from '../world/events.ts';
import { benchRules } from '../world/rules.ts';
import { token } from '../world/stand-ins.ts';

/** `perSecond`: alerts that the whole system on this machine accepts while it works on them. `refused`: answers that are no 202. */
export type Posted = { alerts: number; posts: number; atOnce: number; perSecond: number; refused: number };

export type Posts = { alerts: number; posts: number; atOnce: number };

/** Posts new alerts to the local system: the real functions on the stand-ins of AWS and the simulator, all on this machine. */
export async function benchLocalSystem(plans: readonly Posts[]): Promise<Posted[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-bench-'));
  const rules = benchRules();
  await bundleFunctions(root, folder, rules);
  await using simulator = await startSimulator({ nodes: 64, speed: 60 });
  const cloud = await startCloud({
    describe: describeStack(rules),
    root: folder,
    port: 0,
    environment: {
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
      HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
      POOLKEEPER_SECRETS_PREFIX: '',
      POOLKEEPER_WEBHOOK_TOKEN: token,
      POOLKEEPER_CONSOLE_TOKEN: token,
    },
    onLog: () => {},
    onWarning: () => {},
  });
  try {
    const measured: Posted[] = [];
    for (const plan of [{ alerts: 1, posts: 2, atOnce: 1 }, ...plans])
      measured.push(await post(cloud.url, plan));
    // The first ones started the processes.
    return measured.slice(1);
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true });
  }
}

async function post(url: string, { alerts, posts, atOnce }: Posts): Promise<Posted> {
  let [sent, refused] = [0, 0];
  const startedAt = performance.now();
  async function sender(): Promise<void> {
    while (sent < posts) {
      sent += 1;
      const instances = Array.from({ length: alerts }, (_, index) => `node-${alerts}-${sent}-${index}`);
      const answer = await fetch(`${url}/alerts/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: alertBody(instances),
      });
      await answer.arrayBuffer();
      if (answer.status !== 202) refused += 1;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sender));
  const seconds = (performance.now() - startedAt) / 1000;
  return { alerts, posts, atOnce, perSecond: (alerts * posts) / seconds, refused };
}

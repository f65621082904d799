import { createNotifyBench, MINUTE, type Target } from '../notify-bench.ts';
import type { ReceiverName } from './receivers.ts';
import { BASE_URL, KINDS, RECIPIENTS, SECRETS } from './recipients.ts';

/** A bench with one recipient of each kind. */
export function createKindsBench(more: Partial<Target> = {}) {
  const targets = KINDS.map((name): Target => ({ ...RECIPIENTS[name], ...more, name }));
  const bench = createNotifyBench(targets, { ...SECRETS }, { baseUrl: BASE_URL });

  /** The requests of one recipient. */
  function requestsOf(name: ReceiverName) {
    return bench.posts.filter(({ host }) => HOSTS[host] === name);
  }
  return { ...bench, requestsOf };
}

const HOSTS: Record<string, ReceiverName> = {
  'hook.example.com': 'webhook',
  'hooks.slack.com': 'slack',
  'slack.com': 'slack-bot',
  'open.feishu.cn': 'feishu',
  'oapi.dingtalk.com': 'dingtalk',
  'qyapi.weixin.qq.com': 'wecom',
  'default1.environment.api.powerplatform.com': 'teams',
  'events.pagerduty.com': 'pagerduty',
  'smn.cn-north-4.myhuaweicloud.com': 'smn',
  'sns.eu-central-1.amazonaws.com': 'sns',
};

/** A deletion of a node pool that waits for an approval. */
export async function deletionWaits(nodes: readonly string[], why = 'a person must approve it') {
  const bench = createKindsBench();
  await bench.open();
  bench.queue.length = 0;
  bench.pass(MINUTE);
  const deletion = { action: 'delete-node-pool', nodes: undefined, nodePool: 'np-1', parameters: {} };
  const plan = {
    hash: '92ab92ab92ab92ab92ab92ab92ab92ab',
    at: '2026-11-20T10:01:00.000Z',
    request: { nodePool: 'np-1' },
    changes: { deletes: 'node pool np-1', nodes, workloads: ['train-llm-7', 'eval-3'] },
  };
  await bench.change({ ...deletion, state: 'awaiting-approval', why, plan } as any);
  await bench.deliver();
  return bench;
}

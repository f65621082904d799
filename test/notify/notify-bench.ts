import type { Notice } from '#events/notice';
import type { QueueMessage } from '#lib/aws/queue';
import type { Invocation } from '#lib/handler/invocation';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { type Remediation, remediationKey } from '#lib/ledger/remediation';
import { createLogger, hideFromLogs } from '#lib/log';
import { createFixedKey } from '#lib/modelarts/client/access-key';
import type { Delivery, NoticeRequest } from '#lib/notify/post';
import { sweepNotices } from '#lib/notify/sweep-notices';
import { notifyRecipients } from '#lib/notify/tell';
import { changed } from '#lib/remediation/lifecycle/move';
import { type IdentifiedCommand, openRemediation } from '#lib/remediation/record/open';
import { updateWithOutbox } from '#lib/remediation/record/outbox';
import { createRenewable } from '#lib/renewable';
import { parseRules } from '#lib/rules/parse/parse';
import type { NotifyKind } from '#lib/rules/rules';
import type { RemediationState } from '#lib/rules/state';
import { neededIn, phaseIn } from '#test/remediation/in-state';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
export const MINUTE = 60_000;

export type Target = {
  kind?: NotifyKind;
  url?: string;
  when?: readonly RemediationState[];
  [key: string]: unknown;
};

export const credentials = {
  accessKey: 'AKAKAKAKAKAKAKAKAKAK',
  secretKey: 'sk-sk-sk-sk-sk-sk-sk-sk-sk-sk-sk-sk-sk-sk',
};

const command: IdentifiedCommand = {
  id: 'r-1',
  action: 'reset-nodes',
  pool: POOL,
  nodes: ['os-node-created-lv29s'],
  parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 }, nodeConfig: {} },
  mode: 'act',
  reason: { source: 'alertmanager', rule: 'npu-card-lost' },
};

/** The outbox, the function that drains it, and targets with given answers, on a clock moved by hand. */
export function createNotifyBench(
  targets: readonly Target[],
  secrets: Record<string, string> = {},
  { baseUrl, ruleNames = [] }: { baseUrl?: string; ruleNames?: readonly string[] } = {},
) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const notify = targets.map((target) => ({ kind: 'webhook', ...target }));
  const ladder = [{ notify: {} }];
  const alertRules = ruleNames.map((name) => ({
    name,
    when: {},
    node: { from: 'labels.instance' },
    pool: 'train-a',
    ladder,
  }));
  const file = {
    pools: { 'train-a': { id: POOL }, 'train-b': { id: `${POOL}b` } },
    rules: alertRules,
    notify,
  };
  const rules = parseRules(JSON.stringify(file), 'rules.yml');
  const table = createMemoryStore();
  const logs: string[] = [];
  const log = createLogger({}, { write: (line) => logs.push(line), now: clock.now });

  let sent = 0;
  const queue: { body: string; messageId: string; receiveCount: number }[] = [];
  const deadLetters: QueueMessage[] = [];
  const faults = { sending: false };
  const notices = {
    async send(messages: readonly QueueMessage[]) {
      if (faults.sending) throw new Error('SQS is away');
      for (const { body } of messages) queue.push({ body, messageId: `m${(sent += 1)}`, receiveCount: 0 });
    },
  };
  const outbox = { store: table, rules, notices, log };

  const posts: { host: string; body: any; request: NoticeRequest }[] = [];
  const outcomes: { host: string; body: any; delivery: Delivery }[] = [];
  /** The outcomes of POSTs, by host; the first is used up, and none is a success. */
  const answers: Record<string, Delivery[]> = {};
  function readNow(): Record<string, string> {
    hideFromLogs(Object.values(secrets));
    return { ...secrets };
  }
  readNow();
  const services = {
    store: table,
    rules,
    clock,
    notices,
    accessKey: createFixedKey(credentials),
    ...(baseUrl !== undefined && { baseUrl }),
    secrets: createRenewable({ ...secrets }, async () => readNow(), { clock, onFailure: () => {} }),
    maxReceives: 60,
    deadLetters: { send: async (messages: readonly QueueMessage[]) => void deadLetters.push(...messages) },
    post: async (request: NoticeRequest): Promise<Delivery> => {
      const { host } = request.url;
      const body = readBody(request);
      posts.push({ host, request, body });
      const delivery = answers[host]?.shift() ?? { outcome: 'told' };
      outcomes.push({ host, body, delivery });
      return delivery;
    },
  };

  return {
    table,
    rules,
    queue,
    deadLetters,
    posts,
    answers,
    faults,
    logs,
    services,
    /** The store of secrets. A change reaches the function when it reads them again. */
    secrets,
    now: () => now,
    pass: (ms: number): void => void (now += ms),
    /** The notices that wait on the queue. */
    waiting: (): Notice[] => queue.map(({ body }) => JSON.parse(body)),
    /** The requests to a host, each with its result. */
    delivered: (host: string) => outcomes.filter((one) => one.host === host),
    hosts: () => posts.map(({ host }) => host),
    open: (more: Partial<IdentifiedCommand> = {}, skipped?: string) =>
      openRemediation(
        outbox,
        {
          command: { ...command, ...more } as IdentifiedCommand,
          alerts: [],
          receipts: [],
          ...(skipped && { skipped }),
        },
        now,
      ),
    /** Writes a change as every function does. */
    change: ({ state, ...changes }: Partial<Remediation>, id = 'r-1') =>
      updateWithOutbox(outbox, id, (current) => {
        const moved = state && { phase: phaseIn(state), ...neededIn(state, new Date(now).toISOString()) };
        const at = new Date(now).toISOString();
        return {
          remediation: changed(current!, { ...moved, ...changes }, now),
          receipts: [{ at, step: 'sweep', why: 'a test' }],
        };
      }),
    get: async (id = 'r-1') => (await table.get(remediationKey(id)))!['value'] as Remediation,
    send: (notice: unknown) =>
      notices.send([{ body: typeof notice === 'string' ? notice : JSON.stringify(notice) }]),
    /** Delivers what is on the queue as one batch; messages for another delivery stay on it. */
    async deliver({ deadlineMs = now + 18_000 } = {}): Promise<void> {
      const batch = queue
        .splice(0)
        .map((message) => ({ ...message, receiveCount: message.receiveCount + 1 }));
      const { signal } = new AbortController();
      const invocation: Invocation = { log, beganAtMs: now, deadlineMs, signal };
      const records = batch.map((message) => ({ ...message, sentAtMs: now }));
      const again = await notifyRecipients(records, services, invocation);
      queue.push(...batch.filter(({ messageId }) => again.includes(messageId)));
    },
    sweep: async () => (await sweepNotices(outbox, now)).sent,
  };
}

/** A body of JSON, or of form parameters. */
export function readBody({ headers, body }: NoticeRequest): any {
  const text = Buffer.from(body).toString();
  return headers['content-type']?.includes('form-urlencoded')
    ? Object.fromEntries(new URLSearchParams(text))
    : JSON.parse(text);
}

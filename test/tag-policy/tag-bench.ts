import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { QueueMessage } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { createMemoryStore } from '#lib/ledger/memory-store';
import type { NodeTags } from '#lib/ledger/node-tags';
import { createLogger } from '#lib/log';
import type { NodeField } from '#lib/modelarts/replies/pool-node';
import { handleCommands } from '#lib/remediation/execution/act';
import { parseRules } from '#lib/rules/parse/parse';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import { clientOf } from '#test/strict-modelarts/client';
import { type Joined, remediationsIn } from '../ledger/joined.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

export type TaggedNode = {
  name: string;
  phase: string;
  flavor: string | undefined;
  labels: Record<string, string>;
  /** The fields that the API shows, and nobody can read. */
  unreadable?: NodeField[] | undefined;
  createdAt: string;
  tags: Map<string, string>;
};

export type UpdateRequest = { action: string; nodeNames: string[]; tags: { key: string; value: string }[] };

const rulesOf = (tagPolicies: readonly object[]) =>
  parseRules(JSON.stringify({ pools: { 'train-a': { id: POOL } }, tagPolicies }), 'rules.yml');

/** `enforce-tag-policy` and `update-nodes` on a clock that is moved by hand, with a pool of `size` nodes that keeps tags. */
export function createTagBench(policies: readonly object[], size = 4) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  let rules = rulesOf(policies);
  const store = createMemoryStore();
  const logs: Record<string, any>[] = [];
  const log = createLogger({}, { write: (line) => logs.push(JSON.parse(line)), now: clock.now });

  const nodes = new Map<string, TaggedNode>();
  const addNode = (name: string, more: Partial<TaggedNode> = {}): TaggedNode => {
    const node: TaggedNode = {
      name,
      phase: 'Available',
      flavor: 'modelarts.bm.npu',
      labels: {},
      createdAt: '2026-11-01T00:00:00Z',
      tags: new Map<string, string>(),
      ...more,
    };
    nodes.set(name, node);
    return node;
  };
  for (let index = 1; index <= size; index += 1) addNode(nodeName(index));

  const requests: { endpoint: string; body?: UpdateRequest }[] = [];
  /** Decides whether the API does something to a node; throwing here is an API that fails. */
  const api = {
    does: (_node: string, _request: UpdateRequest): boolean => true,
    before: (_endpoint: string): void | Promise<void> => {},
  };
  const client = clientOf(async (endpoint, { body }) => {
    requests.push({ endpoint: endpoint.name, ...(body && { body }) });
    await api.before(endpoint.name);
    if (endpoint.name === 'batchUpdateNodes') return update(body);
    return {
      unreadable: [],
      nodes: [...nodes.values()].map(({ tags: _hidden, ...node }) => ({
        annotations: {},
        taints: [],
        ...node,
      })),
    };
  });

  function update(request: UpdateRequest) {
    const succeeded: string[] = [];
    const failed: { name: string; status: string }[] = [];
    for (const name of request.nodeNames) {
      const node = nodes.get(name);
      if (!node || !api.does(name, request)) {
        failed.push({ name, status: 'failed' });
        continue;
      }
      for (const { key, value } of request.tags) {
        if (request.action === 'createTags') node.tags.set(key, value);
        else if (node.tags.get(key) === value) node.tags.delete(key);
      }
      succeeded.push(name);
    }
    return { succeeded, failed };
  }

  const commands: (QueueMessage & { dueMs: number; id: string })[] = [];
  const deadLetters: QueueMessage[] = [];
  let messages = 0;
  const queue = {
    send(batch: readonly QueueMessage[]) {
      for (const message of batch) {
        messages += 1;
        commands.push({ ...message, dueMs: now + (message.delaySeconds ?? 0) * 1000, id: `m${messages}` });
      }
      return Promise.resolve();
    },
  };
  const services = () => ({
    store,
    rules,
    clock,
    newId: () => `id-${(messages += 1)}`,
    modelarts: () => client,
    commands: queue,
    follow: { send: () => Promise.resolve() },
    notices: { send: () => Promise.resolve() },
    maxReceives: 5,
    deadLetters: {
      send(batch: readonly QueueMessage[]) {
        deadLetters.push(...batch);
        return Promise.resolve();
      },
    },
  });
  const invocation = (): Invocation => ({
    log,
    beganAtMs: now,
    deadlineMs: now + 58_000,
    signal: new AbortController().signal,
  });
  const record = (messageId: string, body: string): QueueRecord => ({
    messageId,
    body,
    sentAtMs: now,
    receiveCount: 1,
  });
  const onCommands = handleCommands(updateNodes);

  /** Lets `update-nodes` work off its queue, minute by minute, until it is empty. */
  async function work(): Promise<void> {
    for (let minute = 0; commands.length > 0 && minute < 60; minute += 1) {
      const due = commands.filter(({ dueMs }) => dueMs <= now);
      for (const message of due) commands.splice(commands.indexOf(message), 1);
      if (due.length > 0) {
        await onCommands(
          due.map(({ id, body }) => record(id, body)),
          { ...services(), commands: { 'update-nodes': queue } },
          invocation(),
        );
      }
      if (commands.length > 0) now += 60_000;
    }
  }

  return {
    nodes,
    addNode,
    api,
    requests,
    commands,
    deadLetters,
    logs,
    store,
    updates: () => requests.flatMap(({ body }) => (body ? [body] : [])),
    clear: () => requests.splice(0),
    now: () => now,
    pass(ms: number): void {
      now += ms;
    },
    /** The rules file is changed and deployed. */
    deploy(changed: readonly object[]): void {
      rules = rulesOf(changed);
    },
    /** The schedule fires. */
    enforce: (time = new Date(now).toISOString()) => enforceAll({ time }, services(), invocation()),
    work,
    /** The schedule fires, and everything that comes of it is done. */
    async run(): Promise<void> {
      await enforceAll({ time: new Date(now).toISOString() }, services(), invocation());
      await work();
    },
    /** Messages come in on the function's own queue. */
    receive: (...bodies: unknown[]) =>
      receivePolicies(
        bodies.map((body, index) =>
          record(`p${index}`, typeof body === 'string' ? body : JSON.stringify(body)),
        ),
        services(),
        invocation(),
      ),
    tagsOf: (node: string) => Object.fromEntries(nodes.get(node)!.tags),
    knownOf: (node: string) =>
      store.documents().find(({ pk, sk }) => pk === `node#${POOL}#${node}` && sk === 'tags')?.['value'] as
        | NodeTags
        | undefined,
    remediations: (): Joined[] => remediationsIn(store.documents()),
  };
}

export function nodeName(index: number): string {
  return `os-node-created-${String(index).padStart(5, '0')}`;
}

import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { QueueRecord } from '#lib/handler/queue-record';
import type { NodeTags } from '#lib/ledger/node-tags';
import { parseRules } from '#lib/rules/parse/parse';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import type { FakeNode } from '../fake-system/pool.ts';
import { createFakeSystem, nodeName } from '../fake-system/system.ts';

export { nodeName } from '../fake-system/system.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

export type TaggedNode = FakeNode & { tags: Map<string, string> };

type UpdateRequest = { action: string; nodeNames: string[]; tags: { key: string; value: string }[] };

const rulesOf = (tagPolicies: readonly object[]) =>
  parseRules(JSON.stringify({ pools: { 'train-a': { id: POOL } }, tagPolicies }), 'rules.yml');

/** `enforce-tag-policy` and `update-nodes` on a clock that is moved by hand, with a pool of `size` nodes that keeps tags. */
export function createTagBench(policies: readonly object[], size = 4) {
  const nodes = new Map<string, TaggedNode>();
  const addNode = (name: string, more: Partial<TaggedNode> = {}): TaggedNode => {
    const node: TaggedNode = {
      name,
      phase: 'Available',
      privateIp: `10.1.0.${nodes.size}`,
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
  const pools = new Map([[POOL, { nodes, clusters: [] }]]);
  const system = createFakeSystem(rulesOf(policies), pools, [updateNodes]);
  const { queues, requests, store, drain, stand, now, invocation } = system;

  /** The services of the function: its commands go to one queue alone. */
  const services = () => ({ ...system.services, commands: system.commandQueue });

  /** Lets `update-nodes` work off its queue, minute by minute, until it is empty. */
  async function work(): Promise<void> {
    for (let minute = 0; queues.commands.length > 0 && minute < 60; minute += 1) {
      await drain('commands');
      if (queues.commands.length > 0) stand(60_000);
    }
  }

  /** The schedule fires. */
  const enforce = (time = new Date(now()).toISOString()) => enforceAll({ time }, services(), invocation());

  return {
    ...system,
    nodes,
    addNode,
    updates: (): UpdateRequest[] => requests.flatMap(({ body }) => (body ? [body] : [])),
    clear: () => requests.splice(0),
    warnings: () => system.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn'),
    /** The rules file is changed and deployed. */
    deploy(changed: readonly object[]): void {
      system.services.rules = rulesOf(changed);
    },
    enforce,
    work,
    /** The schedule fires, and all of its work is done. */
    async run(): Promise<void> {
      await enforce();
      await work();
    },
    /** Messages come in on the function's own queue. */
    receive: (...bodies: unknown[]) =>
      receivePolicies(
        bodies.map(
          (body, index): QueueRecord => ({
            messageId: `p${index}`,
            body: typeof body === 'string' ? body : JSON.stringify(body),
            sentAtMs: now(),
            receiveCount: 1,
          }),
        ),
        services(),
        invocation(),
      ),
    tagsOf: (node: string) => Object.fromEntries(nodes.get(node)!.tags),
    knownOf: (node: string) =>
      store.documents().find(({ pk, sk }) => pk === `node#${POOL}#${node}` && sk === 'tags')?.['value'] as
        | NodeTags
        | undefined,
  };
}

import type { Facts } from '#lib/guards/guard';
import { parseDocument } from '#lib/ledger/change';
import {
  type AlertRecord,
  alertRecordKey,
  alertRecordKind,
  type NodeRecord,
  nodeRecordKey,
  nodeRecordKind,
} from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client';
import { ModelArtsError } from '#lib/modelarts/errors';
import { listAllPoolNodes, listAllWorkloads } from '#lib/modelarts/read';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Workload } from '#lib/modelarts/replies/workload';
import { limitsOf } from './limits.ts';
import type { ActionServices } from './services.ts';

/** What is known about a pool right now: one reading, for all commands of a batch. */
export type PoolReading = { nodes: readonly PoolNode[]; workloads: readonly Workload[] | undefined };

/** Workloads that are over, by their `status`; every other word, also an unknown one, counts as running. */
const ENDED_WORKLOADS: readonly string[] = ['Completed', 'Terminated', 'Failed'];

/** Statuses with which an API says that it has no list of workloads at all. */
const NOT_OFFERED: readonly number[] = [404, 405, 501];

/** Reads the pool's nodes and, where someone asks for them, its workloads. */
export async function readPool(
  client: ModelArtsClient,
  pool: string,
  wanted: { workloads: boolean },
  options: SendOptions,
): Promise<PoolReading> {
  const [nodes, workloads] = await Promise.all([
    Array.fromAsync(listAllPoolNodes(client, pool, options)),
    wanted.workloads ? readWorkloads(client, pool, options) : undefined,
  ]);
  return { nodes, workloads };
}

async function readWorkloads(
  client: ModelArtsClient,
  pool: string,
  options: SendOptions,
): Promise<Workload[] | undefined> {
  try {
    return await Array.fromAsync(listAllWorkloads(client, pool, options));
  } catch (error) {
    if (error instanceof ModelArtsError && error.status !== undefined && NOT_OFFERED.includes(error.status))
      return undefined;
    throw error;
  }
}

/** The node that a command names by its name or by its private address. */
export function findNode(nodes: readonly PoolNode[], target: string): PoolNode | undefined {
  return nodes.find(({ name }) => name === target) ?? nodes.find(({ privateIp }) => privateIp === target);
}

/** The facts for every node of every remediation, in the order of `remediations` and their nodes. */
export async function gatherFacts(
  { store, rules }: Pick<ActionServices, 'store' | 'rules'>,
  remediations: readonly Remediation[],
  reading: PoolReading,
): Promise<Map<string, Facts[]>> {
  const records = await readNodeRecords(store, remediations, reading);
  const alerts = await readAlerts(store, remediations);
  return new Map(
    remediations.map((remediation) => [
      remediation.id,
      (remediation.nodes ?? []).map((target) => {
        const node = findNode(reading.nodes, target);
        return {
          remediation,
          limits: limitsOf(rules, remediation),
          target,
          node,
          record: records.get(node?.name ?? target),
          alerts: alerts.get(remediation.id) ?? [],
          workloads: node && workloadsOn(node, reading.workloads),
        };
      }),
    ]),
  );
}

function workloadsOn(
  { privateIp }: PoolNode,
  workloads: readonly Workload[] | undefined,
): string[] | undefined {
  return workloads
    ?.filter(
      ({ status, hostIps }) =>
        !ENDED_WORKLOADS.includes(status ?? '') && privateIp !== undefined && hostIps.includes(privateIp),
    )
    .map(({ name, status }) => `${name ?? 'unnamed'} (${status ?? 'status unknown'})`);
}

async function readNodeRecords(
  store: Store,
  remediations: readonly Remediation[],
  { nodes }: PoolReading,
): Promise<Map<string, NodeRecord>> {
  const keys = new Map(
    remediations.flatMap(({ pool, nodes: targets = [] }) =>
      targets.map((target) => {
        const name = findNode(nodes, target)?.name ?? target;
        return [name, nodeRecordKey(pool, name)] as const;
      }),
    ),
  );
  const documents = await store.getMany([...keys.values()]);
  const records = documents.map((document) => parseDocument(nodeRecordKind, document));
  return new Map(records.map((record) => [record.node, record]));
}

async function readAlerts(
  store: Store,
  remediations: readonly Remediation[],
): Promise<Map<string, AlertRecord[]>> {
  const found = await Promise.all(
    remediations.map(async ({ id, alerts, reason }) => {
      const source = String(reason?.['source']);
      const documents = await store.getMany(
        alerts.map(({ fingerprint, startsAt }) => alertRecordKey(source, fingerprint, startsAt)),
      );
      return [id, documents.map((document) => parseDocument(alertRecordKind, document))] as const;
    }),
  );
  return new Map(found);
}

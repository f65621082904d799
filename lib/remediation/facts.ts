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
import { findNode, nodesOfNodePool, type PoolReading } from '#lib/modelarts/pool-reading';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Workload } from '#lib/modelarts/replies/workload';
import { limitsOf } from './limits.ts';
import { leaseName } from './node-lease.ts';
import type { ActionServices } from './services.ts';

/** Workloads that are over, by their `status`; every other word, also an unknown one, counts as running. */
const ENDED_WORKLOADS: readonly string[] = ['Completed', 'Terminated', 'Failed'];

/** Outcomes of an earlier call of the same remediation with which nothing is left to be asked for. */
const DONE: readonly unknown[] = ['succeeded', 'verifying'];

/**
 * The facts for every target of every remediation, in the order of `remediations` and their targets. A target for which
 * all is done, in an earlier call of the same remediation, is left out.
 */
export async function gatherFacts(
  { store, rules }: Pick<ActionServices, 'store' | 'rules'>,
  remediations: readonly Remediation[],
  reading: PoolReading,
): Promise<Map<string, Facts[]>> {
  const found = remediations.map((remediation) => ({
    remediation,
    targets: targetsOf(remediation, reading),
  }));
  const records = await readRecords(store, found);
  const alerts = await readAlerts(store, remediations);
  return new Map(
    found.map(({ remediation, targets }) => [
      remediation.id,
      targets.map(
        (target): Facts => ({
          remediation,
          limits: limitsOf(rules, remediation),
          record: records.get(leaseName(remediation, nameOf(target))),
          alerts: alerts.get(remediation.id) ?? [],
          reading,
          ...target,
        }),
      ),
    ]),
  );
}

/** What the ledger and the API call a target: its own name, where the command gave an address. */
export function nameOf({ node, target }: Pick<Facts, 'node' | 'target'>): string {
  return node?.name ?? target;
}

function targetsOf(
  { nodes = [], nodePool, outcomes }: Remediation,
  reading: PoolReading,
): Pick<Facts, 'target' | 'node' | 'nodePool' | 'workloads'>[] {
  if (nodePool !== undefined) {
    const found = reading.nodePools?.find(({ name }) => name === nodePool);
    const workloads = workloadsOn(nodesOfNodePool(reading.nodes, nodePool), reading.workloads);
    return [{ target: nodePool, nodePool: found, workloads }];
  }
  return nodes
    .map((target) => {
      const node = findNode(reading.nodes, target);
      return { target, node, workloads: workloadsOn(node ? [node] : [], reading.workloads) };
    })
    .filter((target) => !DONE.includes(outcomes[nameOf(target)]?.state));
}

function workloadsOn(
  nodes: readonly PoolNode[],
  workloads: readonly Workload[] | undefined,
): string[] | undefined {
  const addresses = new Set(nodes.flatMap(({ privateIp }) => privateIp ?? []));
  return workloads
    ?.filter(
      ({ status, hostIps }) =>
        !ENDED_WORKLOADS.includes(status ?? '') && hostIps.some((address) => addresses.has(address)),
    )
    .map(({ name, status }) => `${name ?? 'unnamed'} (${status ?? 'status unknown'})`);
}

async function readRecords(
  store: Store,
  found: readonly { remediation: Remediation; targets: readonly Pick<Facts, 'target' | 'node'>[] }[],
): Promise<Map<string, NodeRecord>> {
  const keys = new Map(
    found.flatMap(({ remediation, targets }) =>
      targets.map((target) => {
        const name = leaseName(remediation, nameOf(target));
        return [name, nodeRecordKey(remediation.pool, name)] as const;
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

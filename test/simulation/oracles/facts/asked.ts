import { documentAt, valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { LoggedRequest } from '../../world/route.ts';

/** A request that changes something, and is not a reset or a migration. */
export type Asked = LoggedRequest & {
  action: 'update-nodes' | 'update-node-pool' | 'delete-node-pool';
  pool: string;
  /** Names of its nodes, or of its node pool. */
  targets: readonly string[];
};

/** Every such request, in the order in which they reached the API. */
export function askedFor({ requests }: Run): Asked[] {
  return requests.flatMap((request): Asked[] => {
    const { method, path, body, pool = '' } = request;
    const nodePool = /\/nodepools\/([^/]+)$/.exec(path)?.[1];
    if (method === 'POST' && path.endsWith('/batch-update'))
      return [{ ...request, pool, action: 'update-nodes', targets: body?.nodeNames ?? [] }];
    if (method === 'PATCH' && nodePool)
      return [{ ...request, pool, action: 'update-node-pool', targets: [nodePool] }];
    if (method === 'DELETE' && nodePool)
      return [{ ...request, pool, action: 'delete-node-pool', targets: [nodePool] }];
    return [];
  });
}

/** The call in the ledger whose intent stood when a request was begun, by the process that began it. */
export function intentOf(run: Run, request: Asked): any {
  const { nodeNames: _names, ...terms } = request.body ?? {};
  return valuesOf(run, 'call#').find((call) => {
    if (call.pool !== request.pool || call.action !== request.action) return false;
    const targets = call.members.flatMap((member: any) => member.targets);
    if (!request.targets.every((target) => targets.includes(target))) return false;
    const { nodeNames: _all, ...intended } = call.request;
    if (request.action !== 'delete-node-pool' && JSON.stringify(intended) !== JSON.stringify(terms))
      return false;
    const pk = `call#${call.id}`;
    const writer = run.writes.find(
      ({ document }) => document.pk === pk && (document['value'] as any).state === 'calling',
    );
    // Who finds such a call unanswered may have taken it for lost meanwhile: it may be sent twice.
    return writer?.by === request.by && writer.atMs <= request.sentAtMs;
  });
}

/** The remediations that a request was made for, as they stood then. */
export function askedBy(run: Run, request: Asked): any[] {
  return (intentOf(run, request)?.members ?? []).flatMap(
    ({ remediation }: any) => documentAt(run, `remediation#${remediation}`, request.sentAtMs) ?? [],
  );
}

import type { ActionDefinition } from '#lib/actions/action';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';

/** The request as it would be sent, its basis, and a hash of both. A person approves exactly this hash. */
export function planOf<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  { action: name, pool, nodePool }: Remediation,
  facts: readonly Facts[],
  now: number,
): Remediation['plan'] {
  const [first] = facts;
  if (!first) return undefined;
  const request = action.request(facts.map(nameOf), action.terms(first));
  const basis = facts.map(basisOf);
  const changes = action.changes?.(first);
  const said = action.remarks?.(first) ?? [];
  const remarks = said.length > 0 ? [...said] : undefined;
  return {
    hash: contentId({ name, pool, nodePool, request, basis, changes, remarks }),
    at: new Date(now).toISOString(),
    request,
    basis,
    ...(changes !== undefined && { changes }),
    ...(remarks && { remarks }),
  };
}

/** The state of a target on which a plan rests. If the state changes, the plan has another hash. */
function basisOf({ target, node, nodePool }: Facts): unknown {
  if (nodePool)
    return { nodePool: nodePool.name, resources: nodePool.resources, nodeCounts: nodePool.nodeCounts };
  return { node: node?.name ?? target, phase: node?.phase };
}

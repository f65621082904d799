import { takesOutOfService } from '#lib/actions/traits';
import { changesRedundancy } from '#lib/actions/update-nodes/traits';
import type { ActionRung, AlertRule, Rung, Schedule } from '../rules.ts';

/** The rungs of a rule that call the API, each with its index. */
export function actionsOf({ ladder }: Pick<AlertRule, 'ladder'>): { rung: ActionRung; index: number }[] {
  return ladder.flatMap((rung, index) => (rung.action === 'notify' ? [] : [{ rung, index }]));
}

/** Whether a rung, a step or a schedule takes its nodes out of service. */
export function isDisruptive(work: Rung | Pick<Schedule, 'action' | 'parameters'>): boolean {
  return 'parameters' in work && takesOutOfService(work);
}

/** Whether a rung waits for a window of its pool. Only tags do not. */
export function waitsForWindow({ action, parameters }: ActionRung): boolean {
  return action !== 'update-nodes' || changesRedundancy(parameters);
}

/** Whether a plan of this action may have to wait for a person in the mode `act`, too. */
export function mayNeedApproval({ action }: Pick<ActionRung, 'action'>): boolean {
  return action === 'delete-node-pool' || action === 'update-node-pool' || action === 'accept-event';
}

/** The kind of an update of nodes, such as `createTags`. Undefined for any other action. */
export function updateOf(rung: Rung | Pick<Schedule, 'action' | 'parameters'>): string | undefined {
  const kind = rung.action === 'update-nodes' && 'parameters' in rung ? rung.parameters['action'] : undefined;
  return typeof kind === 'string' ? kind : undefined;
}

export type Tag = { key: string; value: string };

/** The tags that an update of nodes sets or deletes. */
export function tagsOf(rung: Rung | Pick<Schedule, 'action' | 'parameters'>): Tag[] {
  const tags: unknown = 'parameters' in rung ? rung.parameters['tags'] : undefined;
  return Array.isArray(tags) ? tags.flatMap(asTag) : [];
}

function asTag(tag: unknown): Tag[] {
  const { key, value = '' } = Object(tag);
  return typeof key === 'string' ? [{ key, value: String(value) }] : [];
}

import { ScheduledEvent } from '#events/schedule';
import { onSchedule } from '#lib/handler/on-schedule';
import { enforceTagPolicyServices } from '#lib/services';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import { receivePolicies } from '#lib/tag-policy/receive-policies';

/** Enforces the tag policies on nodes, and accepts policies from its queue. */
export const handler = onSchedule({
  name: 'enforce-tag-policy',
  services: enforceTagPolicyServices,
  event: ScheduledEvent,
  handle: enforceAll,
  messages: receivePolicies,
});

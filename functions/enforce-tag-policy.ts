import { ScheduledEvent } from '#events/schedule';
import { onSchedule } from '#lib/handler/on-schedule';
import { enforceTagPolicyServices } from '#lib/services';
import { enforceAll } from '#lib/tag-policy/enforce-all';
import { receivePolicies } from '#lib/tag-policy/receive-policies';

/** Keeps the tags of nodes as the tag policies want them, and takes in policies that are sent. */
export const handler = onSchedule({
  name: 'enforce-tag-policy',
  services: enforceTagPolicyServices,
  event: ScheduledEvent,
  handle: enforceAll,
  messages: receivePolicies,
});

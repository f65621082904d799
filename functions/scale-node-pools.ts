import { ScheduleFiring } from '#events/schedule';
import { onSchedule } from '#lib/handler/on-schedule';
import { fireSchedule } from '#lib/schedule/fire';
import { scaleNodePoolsServices } from '#lib/services';

/** Turns each firing of a schedule into the command that changes its node pool, or records why not. */
export const handler = onSchedule({
  name: 'scale-node-pools',
  services: scaleNodePoolsServices,
  event: ScheduleFiring,
  handle: fireSchedule,
});

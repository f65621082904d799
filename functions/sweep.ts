import { ScheduledEvent } from '#events/schedule';
import { onSchedule } from '#lib/handler/on-schedule';
import { sweepServices } from '#lib/services';
import { sweepLedger } from '#lib/sweep/sweep';

/** Finishes work that crashes and lost messages interrupted, and reads pools that no other function has read. */
export const handler = onSchedule({
  name: 'sweep',
  services: sweepServices,
  event: ScheduledEvent,
  handle: sweepLedger,
});

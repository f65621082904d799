import { ScheduledEvent } from '#events/schedule';
import { onSchedule } from '#lib/handler/on-schedule';
import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import { receiveScheduledEventsServices } from '#lib/services';

/** Reads the maintenance that Huawei has planned, and takes it in as alerts. */
export const handler = onSchedule({
  name: 'receive-scheduled-events',
  services: receiveScheduledEventsServices,
  event: ScheduledEvent,
  handle: readScheduledEvents,
});

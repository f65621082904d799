import { onQueue } from '#lib/handler/on-queue';
import { tell } from '#lib/notify/tell';
import { notifyServices } from '#lib/services';

/** Posts each notice to every recipient that wants it, until each has it. */
export const handler = onQueue({ name: 'notify', services: notifyServices, handle: tell });

import { onQueue } from '#lib/handler/on-queue';
import { notifyRecipients } from '#lib/notify/tell';
import { notifyServices } from '#lib/services';

/** Posts each notice to every recipient that wants it, until each has it. */
export const handler = onQueue({ name: 'notify', services: notifyServices, handle: notifyRecipients });

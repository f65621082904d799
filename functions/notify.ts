import { onQueue } from '#lib/handler/on-queue';
import { tell } from '#lib/notify/tell';
import { notifyServices } from '#lib/services';

/** Tells people: posts each notice to every target of the rules that wants it, until it has been told. */
export const handler = onQueue({ name: 'notify', services: notifyServices, handle: tell });

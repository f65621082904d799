import { sweepNotices } from '#lib/notify/sweep-notices';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { Sweep } from './sweep-of.ts';

/** States that a recipient should have heard of, without a notice. */
export const forgottenNotices: Sweep = async (services, { log }) => {
  const swept = { name: 'forgotten-notices', looked: 0, incomplete: false };
  try {
    const { sent, unreadable } = await sweepNotices(services, services.clock.now());
    await reportUnreadable(unreadable, services, log);
    return { ...swept, looked: sent, done: sent > 0 ? { 'sent again': sent } : {}, failures: [] };
  } catch (cause) {
    const failure = new Error('forgotten-notices: notices could not be looked through', { cause });
    return { ...swept, done: {}, failures: [failure] };
  }
};

import { remediationKind } from '#lib/ledger/remediation';
import { sendRungNotice } from '#lib/remediation/messages/rung-notice';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/** Limit of the search: after a day people have heard of the node in another way, or it is well. */
const WITHIN_MS = 24 * 3_600_000;

/**
 * `notify` rungs whose notice was never sent: the process that opened them died first, and the ladder has gone on. A rung that
 * ends a ladder is `needs-human`, any other is `escalated`.
 */
export const unsentRungs = sweepOf({
  name: 'unsent-rungs',
  kind: remediationKind,
  places: [
    { partition: 'escalated', restedMs: STRANDED_MS, withinMs: WITHIN_MS },
    { partition: 'needs-human', restedMs: STRANDED_MS, withinMs: WITHIN_MS },
  ],
  async finish(rung, services, { log }) {
    if (rung.action !== 'notify' || rung.noticeSentAt !== undefined) return undefined;
    await sendRungNotice(rung, services);
    log.warn('the notice of a rung was not sent', { correlationId: rung.id });
    return 'sent';
  },
});

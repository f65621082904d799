import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** Every delivery that was taken is in the journal, with each of its alerts, and is found by its fingerprint and its node. */
export function* receivedIsTraced(run: Run): Iterable<Finding> {
  for (const { episode, status, receipt, by, answeredAtMs = 0 } of run.correspondence.delivered) {
    if (!receipt) continue;
    const written = run.writes.filter((write) => write.by === by).map(({ document }) => document);
    const about = written
      .filter(({ pk }) => pk.startsWith('deliveries#'))
      .flatMap(({ sk, value }) => (value as any).alerts.map((alert: any) => ({ ...alert, sk })))
      .find((alert) => alert.alert === episode.fingerprint && alert.status === status);
    const what = `${episode.id} (${status}) was answered 202 at ${clock(answeredAtMs)}`;
    if (!about) {
      yield { what: `${what}, and the journal does not have it` };
      continue;
    }
    const ids = receipt.remediations.map(({ id }) => id);
    if (about.remediation === undefined ? about.ignored === undefined : !ids.includes(about.remediation))
      yield { what: `${what}, and the journal says of it ${JSON.stringify(about)}` };
    const mentions = [
      `mentioned#alert#${episode.fingerprint}`,
      ...about.named.map((name: string) => `mentioned#node#${name}`),
    ];
    const missing = mentions.find(
      (pk) => !written.some((document) => document.pk === pk && document.sk === about.sk),
    );
    if (about.named.length === 0 || missing !== undefined)
      yield { what: `${what}, and is not found by ${missing ?? 'its node'}` };
  }
}

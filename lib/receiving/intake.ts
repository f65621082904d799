import type { Alert, Finding, Ignored } from '#lib/alerts/decide';
import type { Delivery } from '#lib/alerts/sources/source';
import { targetText } from '#lib/alerts/target';
import { excerpt } from '#lib/bounds';
import { HttpProblem } from '#lib/handler/problem';
import type { JournalAlert } from '#lib/journal/delivery-record';
import { journalEntry, journalEntryOfOther, MAX_WHY_CHARACTERS } from '#lib/journal/entry';
import { bytesInAnswer, MAX_PAGE_BYTES } from '#lib/ledger/listing/answer-size';
import type { Remediation } from '#lib/ledger/remediation';
import type { Rules } from '#lib/rules/rules';
import type { Journal } from './journal.ts';
import type { Outcome } from './open-chunk.ts';

/** The answer to a sender. `node`: the sender's word for it. `more`: the number of ignored alerts that the answer leaves out. */
export type Receipt = {
  remediations: { id: string; rule: string; node: string; state: Remediation['state'] }[];
  ignored: Ignored[];
  more?: number;
};

/** An answer that asks for a delivery again names at most this many of its stored alerts. */
const MAX_NAMED = 100;

/** Gathers the outcomes of a delivery, for its sender and for the journal. */
export function createIntake(
  { alerts, unreadable, passedOver = [] }: Pick<Delivery, 'alerts' | 'unreadable' | 'passedOver'>,
  rules: Rules,
  journal: Journal,
) {
  const receipt: Receipt = {
    remediations: [],
    ignored: [...unreadable, ...passedOver.map(({ alert, why }) => ({ alert, why }))],
  };
  let entries = [
    ...unreadable.map(({ alert, why }): JournalAlert => ({ alert, status: 'unreadable', ignored: why })),
    ...passedOver.map((report) => journalEntryOfOther(report, rules)),
  ];
  let stored = 0;
  let unconfirmed = 0;
  let failure: { reason: unknown } | undefined;

  function ignore(alert: Alert, why: string, became: Pick<JournalAlert, 'rule' | 'pool'> = {}): void {
    stored += 1;
    receipt.ignored.push({ alert: alert.sentAs ?? alert.fingerprint, why: excerpt(why, MAX_WHY_CHARACTERS) });
    entries.push(journalEntry(alert, rules, { ...became, ignored: why }));
  }

  function undo(alert: Alert, steps: readonly Remediation[]): void {
    stored += 1;
    for (const { id, state, rule = '', resolution: { node = '' } = {} } of steps) {
      if (receipt.remediations.some((known) => known.id === id)) continue;
      receipt.remediations.push({ id, rule, node, state });
    }
    const [{ id: remediation, rule, pool } = {}] = steps;
    entries.push(
      journalEntry(alert, rules, {
        ...(rule && { rule }),
        ...(pool && { pool }),
        ...(remediation && { remediation }),
      }),
    );
  }

  function open(group: readonly Finding[], { id, state }: Remediation): void {
    stored += group.length;
    const [first] = group;
    if (first)
      receipt.remediations.push({ id, rule: first.rule.name, node: targetText(first.target), state });
    for (const { alert, rule, pool } of group) {
      entries.push(journalEntry(alert, rules, { rule: rule.name, pool: pool.id, remediation: id }));
    }
  }

  function fail(reason: unknown): void {
    failure ??= { reason };
  }

  return {
    ignore,
    /** A resolved alert, and the steps that follow its end. */
    undo,
    fail,
    take(outcome: Outcome): void {
      const { group } = outcome;
      if (outcome.kind === 'failed') fail(outcome.error);
      else if (outcome.kind === 'opened') {
        open(group, outcome.remediation);
        if (outcome.isUnconfirmed) unconfirmed += group.length;
      } else
        for (const { alert, rule, pool } of group)
          ignore(alert, outcome.why, { rule: rule.name, pool: pool.id });
    },
    /** Writes the outcomes so far into the journal. */
    async note(): Promise<void> {
      const noted = entries;
      entries = [];
      await journal.note(noted);
    },
    /**
     * Ends the delivery, in the journal too.
     *
     * @throws HttpProblem 503 if not all of it is stored and confirmed.
     */
    async end(): Promise<Receipt> {
      if (!failure && unconfirmed === 0) {
        await journal.note(entries);
        await journal.end(202);
        return withinAnswer(receipt);
      }
      const known = unconfirmed > 0 ? ` (${unconfirmed} not confirmed yet)` : '';
      const why = `${stored} of ${alerts.length} alerts are stored${known}, and what they ask for is on its way. Send the same again: the rest is taken in then, and nothing is done twice`;
      // The stored alerts stay stored, even if the journal cannot take this.
      await journal.end(503, why).catch(() => undefined);
      throw new HttpProblem(503, 'Service Unavailable', why, undefined, {
        members: {
          stored,
          left: alerts.length - stored,
          remediations: receipt.remediations.slice(0, MAX_NAMED),
        },
        cause: failure?.reason,
      });
    },
  };
}

/** As much of the answer as Lambda passes on: without an answer the sender would repeat the delivery without end. The journal has all. */
function withinAnswer({ remediations, ignored }: Receipt): Receipt {
  let bytes = bytesInAnswer(remediations);
  const end = ignored.findIndex((one) => {
    bytes += bytesInAnswer(one);
    return bytes > MAX_PAGE_BYTES;
  });
  if (end === -1) return { remediations, ignored };
  return { remediations, ignored: ignored.slice(0, end), more: ignored.length - end };
}

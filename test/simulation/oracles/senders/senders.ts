import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { cardOf, markOf } from '../../scenario/actors/report-forms.ts';
import type { Reported } from '../../scenario/actors/reporters.ts';
import type { ReportInput } from '../../scenario/inputs/report-inputs.ts';
import { LIMITS } from '../../scenario/senders-rules.ts';
import { clock } from '../facts/destructive.ts';
import { isForReports, isWithinReach, poolOf, reportThatFires } from '../facts/reports.ts';
import type { Finding } from '../oracles.ts';

/** The journal has entries for at most so many strangers within a minute. */
const MAX_STRANGERS = 12;
const MINUTE_MS = 60_000;
const KUBERNETES = ['device-fault', 'node-condition'];

/** The answer that the sender of a delivery must get. */
export function expected({ as, form, isDirect }: ReportInput): number {
  if (isDirect) return 202;
  if (as === 'strange') return 403;
  if (as === 'kube') return KUBERNETES.includes(form) ? 202 : 403;
  return ['forged', 'retired', 'wrong', 'none'].includes(as) ? 401 : 202;
}

/** The entries of the journal about the alert of a report, while it was delivered: the process that wrote them may have died before its answer. */
function entriesOf(run: Run, { input, status, sentAtMs, answeredAtMs = sentAtMs }: Reported): any[] {
  const mark = markOf(input);
  const isAbout = (alert: any) =>
    alert.status === status &&
    (input.form === 'device-fault'
      ? alert.labels?.card_id === String(cardOf(input)) && alert.labels.node === input.node
      : Object.values(alert.labels ?? {}).includes(mark));
  return run.writes
    .filter(({ atMs }) => atMs >= sentAtMs && atMs <= answeredAtMs)
    .filter(({ document }) => document.pk.startsWith('deliveries#'))
    .flatMap(({ document }) => (document['value'] as any).alerts)
    .filter(isAbout);
}

const keyOf = ({ input, status, number }: Reported) => `${input.id} ${status} ${number}`;

/** Every report is answered as its sender deserves, and in the end always. */
export function* answeredAsDeserved(run: Run): Iterable<Finding> {
  for (const one of run.correspondence.reported) {
    const { input, status, httpStatus, sentAtMs } = one;
    const right = expected(input);
    if (httpStatus === right) continue;
    yield {
      what: `${input.id} (${status}, ${input.form} as ${input.as}) of ${clock(sentAtMs)} was ${httpStatus === undefined ? 'never answered' : `answered ${httpStatus}`}, and not ${right}`,
      atMs: sentAtMs,
    };
  }
}

/** A request that is refused at a door has no effect: its process wrote nothing but the refusal. */
export function* refusedHasNoEffect(run: Run): Iterable<Finding> {
  const refused = [
    ...run.correspondence.reported.filter(({ httpStatus = 0 }) => httpStatus >= 400),
    ...run.correspondence.guessed,
    ...run.correspondence.subscribed.filter(({ httpStatus = 0 }) => httpStatus >= 400),
  ];
  for (const { by } of refused) {
    const made = run.writes.find(
      (write) => by !== undefined && write.by === by && !write.document.pk.startsWith('deliveries#'),
    );
    if (made) yield { what: `a request that ${by} refused wrote ${made.document.pk}`, atMs: made.atMs };
    const told = run.writes.find(
      (write) =>
        by !== undefined && write.by === by && ((write.document['value'] as any).alerts?.length ?? 0) > 0,
    );
    if (told)
      yield { what: `a request that ${by} refused is in the journal with its alerts`, atMs: told.atMs };
  }
}

/** An alert that was answered 2xx is not lost: one delivery of its message is a remediation, or is in the journal with a reason. */
export function* reportedIsTraced(run: Run): Iterable<Finding> {
  const known = new Map(valuesOf(run, 'remediation#').map((value) => [value.id, value]));
  const messages = Map.groupBy(
    run.correspondence.reported.filter(({ httpStatus = 0 }) => httpStatus > 0 && httpStatus < 300),
    keyOf,
  );
  for (const copies of messages.values()) {
    const [{ input, status, sentAtMs }] = copies as [Reported];
    const entries = copies.flatMap((copy) => entriesOf(run, copy));
    const where = `${input.id} (${status}, ${input.form} as ${input.as}) of ${clock(sentAtMs)} was taken`;
    const sound = entries.filter(
      ({ remediation, ignored }) => ignored !== undefined || known.has(remediation),
    );
    if (sound.length === 0) {
      yield { what: `${where}, and it had no effect: ${JSON.stringify(entries)}`, atMs: sentAtMs };
      continue;
    }
    const own = copies.flatMap(({ body }): any[] =>
      (body?.remediations ?? []).map(({ id }: { id: string }) => known.get(id)),
    );
    if (!isWithinReach(input) && own.length > 0)
      yield {
        what: `${where}, and led to ${own[0]?.id} in a pool that its sender may not reach`,
        atMs: sentAtMs,
      };
    if (status !== 'firing' || !isWithinReach(input)) continue;
    if (sound.every(({ ignored = 'received before' }) => !ignored.includes('received before')))
      yield { what: `${where}, and was ignored: ${sound[0].ignored}`, atMs: sentAtMs };
    if (new Set(own.map((value) => value?.id)).size > 1)
      yield { what: `${where}, and led to ${own.map((value) => value?.id).join(' and ')}`, atMs: sentAtMs };
    const pool = run.rules.pools.find(({ name }) => name === poolOf(input))?.id;
    const wrong = own.find((value) => value?.pool !== pool || !value.nodes?.includes(input.node));
    if (wrong)
      yield {
        what: `${where}: ${wrong.id} is about ${wrong.nodes} of ${wrong.pool}, and not about ${input.node}`,
        atMs: sentAtMs,
      };
  }
}

/** A limited sender neither ends nor hides the alert of another: its alerts are its own, under any name. */
export function* alertsAreTheirOwn(run: Run): Iterable<Finding> {
  const taken = run.correspondence.reported.filter(({ httpStatus }) => httpStatus === 202);
  for (const { pk, value } of run.table.documents()) {
    const [, source, fingerprint] = /^alert#([a-z]+)#(.+)$/.exec(pk) ?? [];
    if (source !== 'cloudevents' && source !== 'eventbridge') continue;
    const own = taken.filter(({ input }) => input.alert === fingerprint && LIMITS[input.as] === undefined);
    const ends = own.filter(({ status }) => status === 'resolved');
    const isClosed = (value as any).episodes.some(({ closing }: any) => closing !== undefined);
    if (own.length > 0 && ends.length === 0 && isClosed)
      yield { what: `the alert ${fingerprint} is over in the ledger, and none of its senders said so` };
  }
}

/** A stranger who guesses tokens fills no journal, and keeps no sender with a token from the door. */
export function* strangersAreBounded(run: Run): Iterable<Finding> {
  const times = run.writes
    .filter(({ document }) => document.pk.startsWith('deliveries#'))
    .filter(({ document }) => (document['value'] as any).status === 401)
    .map(({ atMs }) => atMs);
  for (const [index, atMs] of times.entries()) {
    const within = times.slice(index).filter((later) => later < atMs + MINUTE_MS).length;
    if (within > MAX_STRANGERS + concurrent(run))
      yield { what: `within a minute of ${clock(atMs)} the journal has ${within} refused strangers`, atMs };
  }
  for (const { status, atMs } of run.correspondence.guessed)
    if (status !== undefined && status < 400)
      yield { what: `a guess at ${clock(atMs)} was answered ${status}` };
}

/** Senders that are refused at one moment are each counted when the others are not yet. */
function concurrent(run: Run): number {
  const { reported, subscribed } = run.correspondence;
  return [...reported, ...subscribed].filter(({ httpStatus }) => httpStatus === 401).length;
}

/**
 * Steps for a report are undone when all reports for its rule about the node are over. For an alert that Alertmanager sent, there is
 * no report: without a report it is not over.
 */
export function* reportedIsUndone(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'node')) return;
  const all = valuesOf(run, 'remediation#');
  for (const rung of all) {
    const rule: any = run.rules.rules.find(({ name }) => name === rung.rule);
    const wasDone = rung.receipts.some(({ step, outcome }: any) => step === 'call' && outcome === 'accepted');
    if (!rule?.onResolved || !isForReports(run, rung.rule) || rung.alerts.length === 0 || !wasDone) continue;
    const node: string = rung.nodes?.[0];
    if (reportThatFires(run, { rule: rung.rule, node }, Infinity, Infinity)) continue;
    if (!all.some(({ resolution }) => resolution?.undoes.includes(rung.id)))
      yield { what: `${rung.id} of ${node} was done for reports that are over, and is not undone` };
  }
}

/** The promises about senders of other kinds than Alertmanager, and about what they may. */
export const senderOracles: Record<string, (run: Run) => Iterable<Finding>> = {
  'a sender is answered as it deserves': answeredAsDeserved,
  'a refused request has no effect': refusedHasNoEffect,
  'an accepted report is not lost': reportedIsTraced,
  'the alerts of a limited sender are its own': alertsAreTheirOwn,
  'strangers are bounded': strangersAreBounded,
  'steps for a report are undone when it is over': reportedIsUndone,
};

import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { askedBy, askedFor } from '../facts/asked.ts';
import { clock, rulesOf } from '../facts/destructive.ts';
import { eventThatWaits, isAboutEvents, isEndUnread } from '../facts/planned.ts';
import { isForReports, reportThatFires } from '../facts/reports.ts';
import type { Finding } from '../oracles.ts';

/** Between the last check of the alerts and the request lie two writes. */
const LAST_LOOK_MS = 70_000;

/** The steps of a rule after its alerts have resolved undo something, and no step runs while one of them still fires about the node. */
export function* undoneWhenOver(run: Run): Iterable<Finding> {
  const asked = askedFor(run).map((request) => ({ request, remediations: askedBy(run, request) }));
  for (const { request, remediations } of asked) {
    for (const { id, rule, pool, resolution } of remediations) {
      if (!resolution) continue;
      const what = `request ${request.number} of ${id} (${request.action} of ${request.targets.join(', ')}) was sent at ${clock(request.sentAtMs)}`;
      const before = asked.some(
        (other) =>
          other.request.atMs < request.atMs &&
          other.remediations.some(
            (one) => one.rule === rule && one.alerts.length > 0 && resolution.undoes.includes(one.id),
          ),
      );
      // A request that was about to be sent may have had its effect, as far as the product knows.
      const wasBegun = valuesOf(run, 'call#').some(
        ({ callingAt, members }) =>
          callingAt !== undefined && members.some((one: any) => resolution.undoes.includes(one.remediation)),
      );
      if (!before && !wasBegun)
        yield { what: `${what}, and nothing was done that it could undo`, atMs: request.sentAtMs };
      const firing = firingAbout(
        run,
        { rule, pool, node: resolution.node },
        request.sentAtMs - LAST_LOOK_MS,
        request.sentAtMs,
      );
      if (firing) yield { what: `${what}, while ${firing} was known to fire`, atMs: request.sentAtMs };
    }
  }
}

/** The effects of a rule's ladder are undone once its alerts are over: each step that was opened came to an end. */
export function* undoneAtLast(run: Run): Iterable<Finding> {
  for (const rung of valuesOf(run, 'remediation#')) {
    const rule: any = run.rules.rules.find(({ name }) => name === rung.rule);
    const wasDone = rung.receipts.some(({ step, outcome }: any) => step === 'call' && outcome === 'accepted');
    // A request without an answer may have been carried out.
    const mayBeDone = wasDone || rung.unsure === true;
    if (!rule?.onResolved || rung.alerts.length === 0 || !mayBeDone) continue;
    // A node that has left its pool belongs to another rule, or to none; and the steps of the rule may have changed.
    const { toPoolName = rung.pool } = rung.parameters;
    const hasLeft = rung.action === 'migrate-nodes' && rung.state === 'succeeded' && toPoolName !== rung.pool;
    const isChanged = run.scenario.inputs.some(({ kind }) => kind === 'rules');
    if (hasLeft || isChanged) continue;
    const named = rung.node ?? rung.nodes?.[0];
    const over = rung.receipts.find(({ step, status }: any) => step === 'evidence' && status === 'resolved');
    if (!over || firingAbout(run, { rule: rung.rule, pool: rung.pool, node: named }, Infinity, Infinity))
      continue;
    // A world may end before the next reading of the planned maintenance.
    if (isAboutEvents(run, rung.rule) && isEndUnread(run, { pool: rung.pool, node: named })) continue;
    const steps = valuesOf(run, 'remediation#').filter(
      ({ resolution, receipts }) =>
        resolution?.undoes.includes(rung.id) &&
        !receipts.some(({ guard }: any) => guard === 'something-to-undo'),
    );
    if (steps.length === 0)
      yield {
        what: `${rung.id} was done for an alert that has resolved at ${over.resolvedAt}, and is not undone`,
      };
  }
}

/** An alert of a rule about a node that was received firing before `untilMs` and, for all that was sent by `sentByMs`, is not over. A firing that the rules of its receiver take for no pool is another's. */
function firingAbout(
  run: Run,
  { rule, pool, node }: { rule: string; pool: string; node: string },
  untilMs: number,
  sentByMs: number,
): string | undefined {
  const { when }: any = run.rules.rules.find(({ name }) => name === rule) ?? {};
  if (when?.source === 'scheduled-event') return eventThatWaits(run, { pool, node }, untilMs, sentByMs);
  if (isForReports(run, rule)) return reportThatFires(run, { rule, node }, untilMs, sentByMs);
  const alertname: string = when?.labels.alertname[0];
  const nameOf = (named: string) => run.world.nameOf(pool, named.replace(/:\d+$/, '')) ?? named;
  const about = run.correspondence.delivered.filter(
    ({ episode }) =>
      episode.alertname === alertname && episode.pool === pool && nameOf(episode.node) === nameOf(node),
  );
  return about.find(
    ({ status, episode, sentAtMs, answeredAtMs = Infinity, by }) =>
      status === 'firing' &&
      answeredAtMs < untilMs &&
      isTaken(run, { rule, pool, by }) &&
      !about.some(
        (other) =>
          other.status === 'resolved' &&
          other.episode.fingerprint === episode.fingerprint &&
          other.sentAtMs <= sentByMs &&
          // A report that comes within a minute of a resolution, or of a copy of it, was only late.
          (other.answeredAtMs ?? other.sentAtMs) > sentAtMs - 60_000,
      ),
  )?.episode.fingerprint;
}

/** Whether the rule takes alerts of a pool, by the rules of the process that received one. Rules may change while an alert fires. */
function isTaken(
  run: Run,
  { rule, pool, by }: { rule: string; pool: string; by: string | undefined },
): boolean {
  const rules = by === undefined ? run.rules : rulesOf(run, { by });
  const from = rules.rules.find(({ name }) => name === rule)?.pool;
  const allowed = from && 'of' in from ? from.of : undefined;
  return (
    allowed === undefined || allowed.some((name) => rules.pools.find((one) => one.name === name)?.id === pool)
  );
}

import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { askedBy, askedFor } from '../facts/asked.ts';
import { clock, destructiveRequests, membersOf, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const PLAN_VALID_MS = 24 * 3_600_000;
/** From reading a pool to the end of its call. */
const READING_MS = 60_000;
/** From an approval to its function, where no message is late. */
const SOON_MS = 30_000;

/** A person's decision counts for the plan that they named, while it waits, once, and under their name. */
export function* decidedAsNamed(run: Run): Iterable<Finding> {
  for (const { document, before, atMs } of run.writes) {
    if (!document.pk.startsWith('remediation#')) continue;
    const value = document['value'] as any;
    const was = before?.['value'] as any;
    for (const receipt of value.receipts.slice(was?.receipts.length ?? 0)) {
      if (receipt.step === 'approval' && receipt.decision === 'expired') {
        const agedMs = atMs - Date.parse(was?.plan.at);
        if (agedMs <= PLAN_VALID_MS)
          yield {
            what: `the plan of ${value.id} expired at ${clock(atMs)}, ${agedMs / 60_000} min old`,
            atMs,
          };
      }
      if (receipt.step !== 'approval' || !['approved', 'rejected'].includes(receipt.decision)) continue;
      const where = `${value.id} was ${receipt.decision} at ${clock(atMs)}`;
      const isAsked = run.correspondence.decided.some(
        ({ remediation, hash, input: { decision, as = 'ops' }, atMs: askedAtMs }) =>
          remediation === value.id &&
          hash === receipt.hash &&
          as === receipt.by &&
          (decision === 'reject') === (receipt.decision === 'rejected') &&
          askedAtMs <= atMs,
      );
      if (!isAsked)
        yield {
          what: `${where} by ${receipt.by} and the hash ${receipt.hash}, which they never named`,
          atMs,
        };
      if (receipt.decision === 'approved' && isOwn(run, value, receipt.by))
        yield { what: `${where} by ${receipt.by}, who had ordered it`, atMs };
      if (was?.state !== 'awaiting-approval')
        yield { what: `${where}, when it was ${was?.state} and waited for no person`, atMs };
      else if (was.plan?.hash !== receipt.hash)
        yield {
          what: `${where} by the hash ${receipt.hash}; the plan that waited was ${was.plan?.hash}`,
          atMs,
        };
      else if (receipt.decision === 'approved' && atMs - Date.parse(was.plan.at) > PLAN_VALID_MS)
        yield { what: `${where}, more than a day after its plan was made at ${was.plan.at}`, atMs };
    }
    // Without a decision nothing leaves the state but what ends it.
    const isLet = was?.state === 'awaiting-approval' && ['submitting', 'rejected'].includes(value.state);
    const isSaid = value.receipts
      .slice(was?.receipts.length ?? 0)
      .some(({ step }: any) => step === 'approval' || step === 'withdrawn');
    if (isLet && !isSaid)
      yield { what: `${value.id} went on at ${clock(atMs)}, and no person had decided`, atMs };
  }
}

/** Whether a person has ordered a command, and may therefore not approve it. */
function isOwn(run: Run, { receipts }: any, name: string): boolean {
  const [event] = receipts;
  return run.rules.approvals.by === 'another' && event?.source === 'console' && event.by === name;
}

/** A simulated world sweeps seldom, and a sweep may be late, or die, a few times in a row. */
const SWEPT_WITHIN_MS = 120 * 60_000;

/** A plan waits for a day, even if other writes come meanwhile, and then it is no plan any more. */
export function* plansExpire(run: Run): Iterable<Finding> {
  for (const { pk } of run.table.documents()) {
    if (!pk.startsWith('remediation#')) continue;
    const writes = writesOf(run, pk);
    for (const [index, { document }] of writes.entries()) {
      const { id, state, plan } = document['value'] as any;
      if (state !== 'awaiting-approval') continue;
      const endedMs = writes[index + 1]?.atMs ?? run.endMs;
      const agedMs = endedMs - Date.parse(plan.at);
      const sweptMs = SWEPT_WITHIN_MS + 3 * (run.scenario.sweepEveryMs ?? 0);
      if (agedMs <= PLAN_VALID_MS + sweptMs) continue;
      yield { what: `the plan of ${id} still waited when it was ${Math.round(agedMs / 60_000)} min old` };
      break;
    }
  }
}

/** A person who decides gets a true answer: a yes for the plan that waited, a no for any other. */
export function* decisionsAnswered(run: Run): Iterable<Finding> {
  for (const { input, remediation, hash, status, atMs, answeredAtMs = 0 } of run.correspondence.decided) {
    if (status === undefined) continue;
    const where = `who wanted to ${input.decision} ${remediation} (${hash}) got the answer ${status} at ${clock(answeredAtMs)}`;
    const writes = writesOf(run, `remediation#${remediation}`);
    const wanted = input.decision === 'reject' ? 'rejected' : 'approved';
    const isOnRecord = writes.some(
      (write) =>
        write.atMs <= answeredAtMs &&
        (write.document['value'] as any).receipts.some(
          (receipt: any) =>
            receipt.step === 'approval' && receipt.decision === wanted && receipt.hash === hash,
        ),
    );
    if (status < 300 && !isOnRecord) yield { what: `${where}; that is not on record`, atMs };
    if (status === (input.decision === 'reject' ? 200 : 202)) continue;
    const seen = documentAt(run, `remediation#${remediation}`, answeredAtMs);
    if (status === 403 && input.decision !== 'reject' && seen && isOwn(run, seen, input.as ?? 'ops'))
      continue;
    if (status !== 409) {
      yield { what: where, atMs };
      continue;
    }
    const waitedAll = writes
      .filter((write, index) => write.atMs <= answeredAtMs && (writes[index + 1]?.atMs ?? Infinity) > atMs)
      .every(({ document }) => {
        const { state, plan } = document['value'] as any;
        const isFresh = answeredAtMs - Date.parse(plan?.at) <= PLAN_VALID_MS;
        return state === 'awaiting-approval' && plan.hash === hash && isFresh;
      });
    if (waitedAll) yield { what: `${where}, though exactly this plan waited`, atMs };
  }
}

/** A call that needs an approval is exactly as its last approved plan says, while the pool is as it was then. */
export function* calledAsApproved(run: Run): Iterable<Finding> {
  const asked = [
    ...destructiveRequests(run).map((request) => ({
      request,
      members: membersOf(run, request).map(({ remediation }) => remediation),
    })),
    ...askedFor(run)
      .filter(({ action }) => action !== 'update-nodes')
      .map((request) => ({ request, members: askedBy(run, request) })),
  ];
  for (const { request, members } of asked) {
    for (const remediation of members) {
      if (!remediation) continue;
      const { id, rule, mode, approval } = remediation;
      const where = `request ${request.number} at ${clock(request.sentAtMs)} for ${id}`;
      const ruled = rulesOf(run, request).rules.find(({ name }) => name === rule)?.mode;
      const needs =
        request.action === 'delete-node-pool' ||
        mode === 'approve' ||
        ruled === 'approve' ||
        losesData(run, request);
      if (remediation.receipts.some(({ decision }: any) => decision === 'rejected'))
        yield { what: `${where} was sent, and a person had rejected its plan`, atMs: request.sentAtMs };
      if (!needs) continue;
      // The plan that waited when it was approved last.
      const approved = writesOf(run, `remediation#${id}`).findLast(
        ({ document, before, atMs }) =>
          atMs <= request.sentAtMs &&
          (before?.['value'] as any)?.state === 'awaiting-approval' &&
          (document['value'] as any).state === 'submitting',
      );
      const plan = (approved?.before?.['value'] as any)?.plan;
      if (!plan || approval?.hash !== plan.hash) {
        yield { what: `${where} rests on no approval of its plan`, atMs: request.sentAtMs };
        continue;
      }
      if (request.action !== 'reset-nodes' && request.action !== 'migrate-nodes') continue;
      for (const { node, phase } of plan.basis) {
        const isAsThen = run.world.ever(
          request.pool,
          node,
          request.sentAtMs - READING_MS,
          request.atMs,
          (stretch) => stretch.phase === phase,
        );
        if (!isAsThen)
          yield {
            what: `${where} rests on ${node} being ${phase}, which it was no more`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}

/** An approved plan is carried out, or the ledger says why not: a command does not wait once more for the same plan. */
export function* approvalCounts(run: Run): Iterable<Finding> {
  for (const { id } of valuesOf(run, 'remediation#')) {
    const approvedOnes = new Set<string>();
    for (const { document, before, atMs } of writesOf(run, `remediation#${id}`)) {
      const { state, plan } = document['value'] as any;
      const was = before?.['value'] as any;
      if (was?.state === 'awaiting-approval' && state === 'submitting') approvedOnes.add(was.plan.hash);
      const isBack = state === 'awaiting-approval' && was?.state !== 'awaiting-approval';
      // A plan that comes back after another one needs a new decision.
      if (isBack && was && approvedOnes.has(plan.hash) && was.approval?.hash === plan.hash)
        yield { what: `${id} waits at ${clock(atMs)} for the approval of a plan that was approved`, atMs };
    }
  }
}

/** Whether a request lets the vendor wipe the disks of a node: by its own words, or because it leaves the choice to the vendor. */
function losesData({ planned }: Run, { body, eventId }: { body: any; eventId?: string }): boolean {
  const event = planned.all.find(({ id }) => id === eventId);
  const kind: string | undefined = body?.redeployConfig?.type;
  return event !== undefined && (kind ?? (event.redeployTypes.includes('HARD') ? 'HARD' : 'SOFT')) === 'HARD';
}

/** An approved plan is carried out without delay, where nothing goes wrong: it does not wait for the sweep. */
export function* approvedSoon(run: Run): Iterable<Finding> {
  if (run.mishaps.size > 0) return;
  for (const { document, before, atMs } of run.writes) {
    const value = document['value'] as any;
    const was = (before?.['value'] as any)?.state;
    if (
      !document.pk.startsWith('remediation#') ||
      was !== 'awaiting-approval' ||
      value.state !== 'submitting'
    )
      continue;
    const later = writesOf(run, document.pk).filter((write) => write.atMs > atMs);
    // The person who has approved it may withdraw it before its function comes.
    const isWithdrawn = later.some((write) => (write.document['value'] as any).withdrawnBy !== undefined);
    if (isWithdrawn) continue;
    const next = later.find(({ by }) => !by.startsWith('console') && !by.startsWith('sweep'));
    if ((next?.atMs ?? run.endMs) > atMs + SOON_MS)
      yield {
        what: `${value.id} was approved at ${clock(atMs)}, and no process came to it for ${SOON_MS / 1000} s`,
        atMs,
      };
  }
}

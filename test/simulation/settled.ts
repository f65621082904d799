import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Table } from '#local/rehearsal/cloud/table';

const OPEN = ['submitting', 'deferred', 'running', 'verifying'];
const PLAN_VALID_MS = 24 * 3_600_000;
const FOLLOWED = ['preparing', 'calling', 'lost', 'accepted'];

/** Whether there is nothing left in the ledger that anybody, or a sweep, has to go on with. */
export function isSettled(table: Table, deployment: Deployment, nowMs: number): boolean {
  const wanted = new Set<string>(deployment.rulesNow().notify.flatMap(({ when }) => when));
  const letters = deployment.deadLetters.get('notify')!.messages();
  const states = new Map<string, string>();
  for (const { pk, value } of table.documents()) {
    const { id, state, receipts } = value as any;
    if (pk.startsWith('remediation#')) {
      if (OPEN.includes(state)) return false;
      // A plan that is older than a day gets no decision.
      const plannedMs = Date.parse((value as any).plan?.at);
      if (state === 'awaiting-approval' && nowMs - plannedMs > PLAN_VALID_MS) return false;
      const isUnexplained = state === 'observed' && !receipts.some(({ step }: any) => step === 'guard');
      if (isUnexplained) return false;
      // A sweep sends the notice of a rung whose process died first.
      const isUnsent = (value as any).action === 'notify' && !(value as any).noticeSentAt;
      if (isUnsent && state !== 'observed') return false;
      states.set(id, state);
      const since = (value as any).stateSince ?? (value as any).createdAt;
      const isTold = (value as any).notified?.some((one: any) => one.state === state && one.since === since);
      const isLeft = (wanted.has(state) && !isTold) || (value as any).untold;
      const isBuried = ({ body }: { body: string }) => body.includes(id) || body.includes('"kind":"digest"');
      if (isLeft && !letters.some(isBuried)) return false;
    }
    if (pk.startsWith('call#') && FOLLOWED.includes(state)) return false;
  }
  const isOver = (remediation: string) => states.get(remediation) !== 'needs-human';
  for (const { pk, value } of table.documents()) {
    const { holds } = value as any;
    if (pk.startsWith('pool#') && Object.values<any>(holds ?? {}).some((one) => isOver(one.remediation)))
      return false;
  }
  return true;
}

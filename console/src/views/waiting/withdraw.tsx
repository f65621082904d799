import { Confirm, useAct } from '../../parts/act.tsx';
import { ProblemNote } from '../../parts/note.tsx';
import { routeOf } from '../../state/router.ts';
import type { RemediationState } from '../../types.ts';

/** The states in which a command can be taken back: no call was made yet. */
export const WITHDRAWABLE: readonly RemediationState[] = ['deferred', 'awaiting-approval', 'submitting'];

/** Takes a waiting command back. */
export function WithdrawButton({ id }: { id: string }) {
  const act = useAct('POST', routeOf(['remediations', id, 'withdraw']));
  return (
    <>
      <Confirm needs="command" act={act} question="Take the command back?" yes="Yes, withdraw it">
        Withdraw
      </Confirm>
      <ProblemNote problem={act.problem} />
    </>
  );
}

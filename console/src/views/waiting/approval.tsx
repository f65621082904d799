import { useState } from 'preact/hooks';
import { deletionOf } from '#lib/sentences/plan-text';
import { poolName, zoneOf } from '../../data.ts';
import { ActButton, useAct } from '../../parts/act.tsx';
import { Note, ProblemNote } from '../../parts/note.tsx';
import { Facts } from '../../parts/panel.tsx';
import { PlanChanges, PlanRequest } from '../../parts/plan.tsx';
import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { addressOf, routeOf } from '../../state/router.ts';
import { counted, originOf, targetsOf, titleOf } from '../../text/words.ts';
import type { Plan, Remediation } from '../../types.ts';

/** A plan can be approved for a day. */
const VALID_MS = 24 * 3_600_000;

/** A plan that waits for a person: what exactly it does, why, until when, and the decision. */
export function Approval({ remediation, isWhole = false }: { remediation: Remediation; isWhole?: boolean }) {
  const { id, pool, plan, why, reason, nodes } = remediation;
  const asked = remediation.receipts.find((receipt) => receipt.step === 'event')?.by;
  if (!plan) return <Note tint="amber">This version shows no plan for it.</Note>;
  const until = plan.at === undefined ? undefined : new Date(Date.parse(plan.at) + VALID_MS).toISOString();
  return (
    <article class="panel card" aria-label={titleOf(remediation)}>
      <div class="row">
        {isWhole ? (
          <h2>The plan</h2>
        ) : (
          <h3>
            <a href={addressOf(['remediations', id])}>{titleOf(remediation)}</a>
          </h3>
        )}
        <span class="dim">{poolName(pool)}</span>
        <span class="small dim end">
          expires <Time at={until} zone={zoneOf(pool)} />
        </span>
      </div>
      <PlanChanges plan={plan} />
      {plan.remarks?.map((remark) => (
        <Note key={remark} tint="amber">
          {sentence(remark)}
        </Note>
      ))}
      <Facts
        facts={[
          [
            'Why',
            [typeof reason?.['text'] === 'string' ? reason['text'] : undefined, why]
              .map(sentence)
              .join(' ')
              .trim(),
          ],
          [
            'Asked by',
            typeof asked === 'string' ? `${asked} (${originOf(remediation)})` : originOf(remediation),
          ],
          ['For', nodes ? counted(nodes.length, 'node') : targetsOf(remediation)],
          ['Until', <Time key="until" at={until} zone={zoneOf(pool)} full />],
          ['Plan', <code key="hash">{plan.hash}</code>],
        ]}
      />
      <PlanRequest plan={plan} />
      <Decision id={id} plan={plan} />
    </article>
  );
}

/** Approving a deletion takes the typed name of the node pool: a click alone may be a slip. */
function Decision({ id, plan }: { id: string; plan: Plan }) {
  const [typed, setTyped] = useState('');
  const approval = useAct('POST', routeOf(['remediations', id, 'approve']));
  const rejection = useAct('POST', routeOf(['remediations', id, 'reject']));
  const name = deletionOf(plan.changes)?.deletes;
  const isNamed = name === undefined || typed.trim() === name;
  return (
    <div class="stack">
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        {name !== undefined && (
          <label class="field">
            <span>
              To approve, type <strong>{name}</strong>
            </span>
            <input
              class="input mono"
              value={typed}
              autoComplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </label>
        )}
        <span class="row buttons">
          <ActButton
            needs="approve"
            act={approval}
            kind={name === undefined ? 'strong' : 'danger'}
            isDisabled={!isNamed}
            body={{ hash: plan.hash }}
          >
            {name === undefined ? 'Approve' : 'Approve the deletion'}
          </ActButton>
          <ActButton needs="approve" act={rejection} body={{ hash: plan.hash }}>
            Reject
          </ActButton>
        </span>
      </form>
      <ProblemNote problem={approval.problem ?? rejection.problem} />
    </div>
  );
}

import { ActButton, useAct } from '../../parts/act.tsx';
import { ProblemNote } from '../../parts/note.tsx';
import { Facts } from '../../parts/panel.tsx';
import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { addressOf, routeOf } from '../../state/router.ts';
import type { DeadLetter } from '../../types.ts';

/** A message that a function could not process: why, and whether it is any use to send it back. */
export function Letter({ letter }: { letter: DeadLetter }) {
  const {
    id,
    queue,
    at,
    what,
    reason,
    errors = [],
    remediation,
    advice,
    worthRedriving,
    canRedrive,
  } = letter;
  const name = letter.function ?? queue ?? 'a function';
  const act = useAct('POST', routeOf(['dead-letters', id, 'redrive']));
  return (
    <article class="panel card" aria-label={`Dead letter of ${name}`}>
      <div class="row">
        <h3>A message for {name}</h3>
        <span class="small dim end">
          <Time at={at} />
        </span>
      </div>
      <p>{sentence(reason ?? 'Its function died over it each time, and left no reason')}</p>
      <Facts
        facts={[
          [
            'Remediation',
            remediation !== undefined && <a href={addressOf(['remediations', remediation])}>{remediation}</a>,
          ],
          ['Content', what],
          ['Errors', errors.length > 0 && errors.map(errorText).join('; ')],
          ['Send back?', sentence(advice)],
          ['Message', <code key="id">{id}</code>],
        ]}
      />
      <div class="row">
        <ActButton
          needs="command"
          act={act}
          kind={worthRedriving === true ? 'strong' : 'plain'}
          isDisabled={canRedrive === false}
        >
          {worthRedriving === true ? 'Send it back' : 'Send it back all the same'}
        </ActButton>
        {act.isDone && <span class="dim">Sent back.</span>}
      </div>
      <ProblemNote problem={act.problem} />
    </article>
  );
}

function errorText(error: unknown): string {
  if (typeof error === 'string') return error;
  const { at, text } = { at: undefined, text: undefined, ...(typeof error === 'object' ? error : {}) };
  return typeof text === 'string' ? [at, text].filter(Boolean).join(' ') : JSON.stringify(error);
}

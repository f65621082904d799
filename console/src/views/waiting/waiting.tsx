import type { ComponentChildren } from 'preact';
import { CALM_MS, poolName, stillMatters, useDeadLetters, useInState, usePools, zoneOf } from '../../data.ts';
import { Heading } from '../../parts/heading.tsx';
import { isMissing, Loading, MissingRoute } from '../../parts/note.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { addressOf } from '../../state/router.ts';
import { counted, titleOf } from '../../text/words.ts';
import type { Remediation } from '../../types.ts';
import { Approval } from './approval.tsx';
import { Letter } from './letter.tsx';
import { Person } from './person.tsx';
import { WithdrawButton } from './withdraw.tsx';

/** All that waits for a person, and all that a person may take back. */
export function Waiting() {
  usePools();
  const approvals = useInState('awaiting-approval', CALM_MS);
  const persons = useInState('needs-human', CALM_MS);
  const deferred = useInState('deferred', CALM_MS);
  const letters = useDeadLetters();
  const open = persons?.filter((one) => stillMatters(one) !== false);
  const over = persons?.filter((one) => stillMatters(one) === false) ?? [];
  return (
    <div class="view">
      <Heading title="For you">
        <p class="dim">Decisions, repairs and messages that Poolkeeper leaves to a person.</p>
      </Heading>
      <Section title="Approvals" list={approvals} none="No plan waits for an approval">
        {(one) => <Approval key={one.id} remediation={one} />}
      </Section>
      <Section title="Needs a person" list={open} none="No node needs a person">
        {(one) => <Person key={one.id} remediation={one} />}
      </Section>
      {isMissing(letters.problem.value) ? (
        <MissingRoute what="dead letters" />
      ) : (
        <Section
          title="Dead letters"
          list={letters.value.value?.deadLetters}
          none="Every message was processed"
        >
          {(letter) => <Letter key={letter.id} letter={letter} />}
        </Section>
      )}
      {(letters.value.value?.hidden ?? 0) > 0 && (
        <p class="small dim">Another reader holds about {letters.value.value?.hidden} more for a moment.</p>
      )}
      <Section title="Waiting commands" list={deferred} none="No command waits" isPlain>
        {(one) => <WaitingCommand key={one.id} remediation={one} />}
      </Section>
      {over.length > 0 && (
        <details>
          <summary class="dim">
            {counted(over.length, 'earlier one')} that needed a person, and whose nodes are not out any more
          </summary>
          <ul class="panel list card">
            {over.map((one) => (
              <li key={one.id}>
                <a href={addressOf(['remediations', one.id])}>{titleOf(one)}</a>
                <span class="dim end">
                  <Time at={one.stateSince} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

type SectionProps<One> = {
  title: string;
  list: readonly One[] | undefined;
  none: string;
  isPlain?: boolean;
  children: (one: One) => ComponentChildren;
};

function Section<One>({ title, list, none, isPlain = false, children }: SectionProps<One>) {
  const isEmpty = list?.length === 0;
  return (
    <section class="stack" aria-label={title}>
      <h2>
        {title} {list && list.length > 0 && <span class="dim">{list.length}</span>}
      </h2>
      {!list && <Loading />}
      {isEmpty && <p class="dim">{none}.</p>}
      {list &&
        !isEmpty &&
        (isPlain ? <ul class="panel list card">{list.map(children)}</ul> : list.map(children))}
    </section>
  );
}

function WaitingCommand({ remediation }: { remediation: Remediation }) {
  const { id, pool, why, createdAt, deferredUntil } = remediation;
  return (
    <li>
      <a href={addressOf(['remediations', id])}>{titleOf(remediation)}</a>
      <span class="dim">{poolName(pool)}</span>
      <span class="small dim end">
        since <Time at={createdAt} zone={zoneOf(pool)} />
        {deferredUntil !== undefined && (
          <>
            , checked again <Time at={deferredUntil} zone={zoneOf(pool)} />
          </>
        )}
      </span>
      <span class="dim full">
        <Said text={why} zone={zoneOf(pool)} />
      </span>
      <span class="full row">
        <WithdrawButton id={id} />
      </span>
    </li>
  );
}

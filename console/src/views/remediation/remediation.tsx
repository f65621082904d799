import { useState } from 'preact/hooks';
import { FAST_MS, poolName, SLOW_MS, usePools, zoneOf } from '../../data.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Empty, isMissing, Loading, ProblemNote } from '../../parts/note.tsx';
import { Facts, Panel, RawJson } from '../../parts/panel.tsx';
import { PlanChanges, PlanRequest } from '../../parts/plan.tsx';
import { Said } from '../../parts/said.tsx';
import { Steps } from '../../parts/steps.tsx';
import { Time } from '../../parts/time.tsx';
import { copyOf } from '../../sentences.ts';
import { resourceOf, useResource } from '../../state/resource.ts';
import { addressOf, routeOf } from '../../state/router.ts';
import { zoneNote } from '../../text/time.ts';
import { OPEN, originOf, titleOf } from '../../text/words.ts';
import type { Remediation as Shown } from '../../types.ts';
import { Approval } from '../waiting/approval.tsx';
import { Handover, ReleaseButton } from '../waiting/person.tsx';
import { WITHDRAWABLE, WithdrawButton } from '../waiting/withdraw.tsx';
import { Story } from './story.tsx';
import { Targets } from './targets.tsx';

/** One remediation, as a short report that one can paste into an incident review. */
export function Remediation({ id }: { id: string }) {
  usePools();
  const path = routeOf(['remediations', id]);
  const known = resourceOf<Shown>(path).value.value;
  const isOpen = known === undefined || OPEN.includes(known.state);
  const { value, problem } = useResource<Shown>(path, isOpen ? FAST_MS : SLOW_MS);
  const remediation = value.value;
  if (remediation) return <Report remediation={remediation} />;
  return (
    <div class="view">
      <Heading title={`Remediation ${id}`} />
      {isMissing(problem.value) ? (
        <Empty title="The ledger has no such remediation">
          It keeps them for thirteen months. <a href={addressOf(['why'], { q: id })}>Ask why</a>
        </Empty>
      ) : (
        <ProblemNote problem={problem.value} />
      )}
      {!problem.value && <Loading />}
    </div>
  );
}

function Report({ remediation }: { remediation: Shown }) {
  const { id, state, why, pool } = remediation;
  const zone = zoneOf(pool);
  return (
    <div class="view">
      <Heading
        title={titleOf(remediation, 3)}
        before={<a href={addressOf(['remediations'])}>Remediations</a>}
        beside={<StateBadge state={state} />}
      >
        <p class="dim">
          <a href={addressOf(['pools', pool])}>{poolName(pool)}</a> · {originOf(remediation)} ·{' '}
          <code>{id}</code>
        </p>
      </Heading>
      <section class="panel card" aria-label="Outcome so far">
        <Steps remediation={remediation} named />
        {why !== undefined && (
          <p class="lead">
            <Said text={why} zone={zone} />
          </p>
        )}
        <Handover remediation={remediation} />
        <Buttons remediation={remediation} />
      </section>
      {state === 'awaiting-approval' && <Approval remediation={remediation} isWhole />}
      <div class="columns">
        <Panel title="What happened" aside={zoneNote(zone, remediation.createdAt)}>
          <Story remediation={remediation} zone={zone} />
        </Panel>
        <div class="stack">
          <Panel title="Facts">
            <TheFacts remediation={remediation} zone={zone} />
          </Panel>
          {state !== 'awaiting-approval' && remediation.plan && (
            <Panel title="Plan">
              <PlanChanges plan={remediation.plan} />
              <PlanRequest plan={remediation.plan} />
            </Panel>
          )}
          <Targets remediation={remediation} />
          <RawJson value={remediation} />
        </div>
      </div>
    </div>
  );
}

function TheFacts({ remediation, zone }: { remediation: Shown; zone: string | undefined }) {
  const { action, rule, mode, createdAt, stateSince, deadline, deferredUntil, jobId, ladder, escalatedTo } =
    remediation;
  const { joinedTo, approval, alerts, parameters } = remediation;
  const time = (at: string | undefined) => at !== undefined && <Time at={at} zone={zone} full />;
  return (
    <Facts
      facts={[
        ['Action', <code key="action">{action}</code>],
        ['Rule', rule !== undefined && <a href={addressOf(['remediations'], { rule })}>{rule}</a>],
        ['Mode', mode],
        ['Accepted', time(createdAt)],
        ['In this state', time(stateSince)],
        ['Checked again', OPEN.includes(remediation.state) && time(deferredUntil)],
        ['Deadline', OPEN.includes(remediation.state) && time(deadline)],
        ['Job', jobId !== undefined && <code key="job">{jobId}</code>],
        ['Ladder', ladder && `rung ${ladder.rung + 1}`],
        ['First rung', ladder && ladder.root !== remediation.id && link(ladder.root)],
        ['Next rung', link(escalatedTo)],
        ['Moves with', link(joinedTo)],
        ['Approved by', approval && approval.by],
        [
          'Parameters',
          Object.keys(parameters).length > 0 && <code key="parameters">{JSON.stringify(parameters)}</code>,
        ],
        [
          alerts.length === 1 ? 'Alert' : 'Alerts',
          alerts.length > 0 &&
            alerts.slice(0, 5).map(({ fingerprint }) => (
              <a key={fingerprint} class="mono block" href={addressOf(['why'], { q: fingerprint })}>
                {fingerprint}
              </a>
            )),
        ],
      ]}
    />
  );
}

function link(to: string | undefined) {
  return to !== undefined && <a href={addressOf(['remediations', to])}>{to}</a>;
}

function Buttons({ remediation }: { remediation: Shown }) {
  const { id, state } = remediation;
  return (
    <div class="row">
      {WITHDRAWABLE.includes(state) && <WithdrawButton id={id} />}
      {state === 'needs-human' && <ReleaseButton id={id} />}
      <CopyButton remediation={remediation} />
    </div>
  );
}

/** Copies the report as text. */
function CopyButton({ remediation }: { remediation: Shown }) {
  const [said, setSaid] = useState('Copy as text');
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(
        copyOf(remediation, poolName(remediation.pool), zoneOf(remediation.pool)),
      );
      setSaid('Copied');
    } catch {
      setSaid('The browser does not allow it');
    }
    setTimeout(() => setSaid('Copy as text'), 2_500);
  }
  return (
    <button class="button" type="button" onClick={() => void copy()}>
      {said}
    </button>
  );
}

import { useState } from 'preact/hooks';
import { useAct } from '../../parts/act.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Loading, MissingRoute, ProblemNote } from '../../parts/note.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Time } from '../../parts/time.tsx';
import { useResource } from '../../state/resource.ts';
import { whyNot } from '../../state/session.ts';
import { counted } from '../../text/words.ts';
import { Faults } from './faults.tsx';
import type { Simulated, SimulatedNode } from './simulated.ts';

const PACE_MS = 2_000;

/** The simulated ModelArts: break a node, disturb the API, and watch Poolkeeper. Only a local system has it. */
export function Simulator() {
  const { value, problem } = useResource<Simulated>('/simulator', PACE_MS);
  const state = value.value;
  return (
    <div class="view">
      <Heading title="Simulator">
        <p class="dim">
          The ModelArts behind this system is simulated
          {state ? `, ${state.settings.speed} times as fast as yours` : ''}. Break something, and watch on{' '}
          <a href="#/">Now</a>.
        </p>
      </Heading>
      {!state && problem.value?.status === 404 && <MissingRoute what="a simulator" />}
      {!state && problem.value?.status !== 404 && <ProblemNote problem={problem.value} />}
      {!state && !problem.value && <Loading />}
      {state && (
        <>
          <HealAll />
          <Nodes state={state} />
          <div class="columns">
            <Faults state={state} />
            <Requests state={state} />
          </div>
        </>
      )}
    </div>
  );
}

/** Makes everything well again: nodes, faults and the clock. */
function HealAll() {
  const nodes = useAct('POST', '/simulator/heal');
  const faults = useAct('DELETE', '/simulator/faults');
  const clock = useAct('PATCH', '/simulator');
  const why = whyNot('command');
  async function heal(): Promise<void> {
    await faults.run();
    await clock.run({ clockDriftSeconds: 0 });
    await nodes.run();
  }
  return (
    <div class="row">
      <button
        class="button button-strong"
        type="button"
        disabled={why !== undefined}
        title={why}
        onClick={() => void heal()}
      >
        Heal all
      </button>
      <span class="dim">Every node is well, the API has no faults, and its clock is right.</span>
      <ProblemNote problem={nodes.problem ?? faults.problem ?? clock.problem} />
    </div>
  );
}

function Nodes({ state: { pools, settings } }: { state: Simulated }) {
  const [stays, setStays] = useState(false);
  const alarms = useAct('PATCH', '/simulator');
  const [wanted, setWanted] = useState<boolean>();
  return (
    <Panel
      title="Break a node"
      aside={counted(
        pools.reduce((sum, { nodes }) => sum + nodes.length, 0),
        'node',
      )}
    >
      <div class="stack">
        <p class="row">
          <label class="row">
            <input
              type="checkbox"
              checked={wanted ?? settings.raisesAlarms}
              disabled={whyNot('command') !== undefined}
              onChange={({ currentTarget: { checked } }) => {
                setWanted(checked);
                void alarms.run({ raisesAlarms: checked }).then(() => setWanted(undefined));
              }}
            />
            Cloud Eye raises an alarm for each broken node
          </label>
          <label class="row">
            <input
              type="checkbox"
              checked={stays}
              onChange={({ currentTarget }) => setStays(currentTarget.checked)}
            />
            Its reset does not help
          </label>
        </p>
        {pools.map(({ id, name, nodes }) => (
          <div key={id} class="stack">
            <h3 class="dim small">{name}</h3>
            <ul class="cells">
              {nodes.map((node) => (
                <NodeButton key={node.name} node={node} stays={stays} />
              ))}
            </ul>
          </div>
        ))}
        <ProblemNote problem={alarms.problem} />
      </div>
    </Panel>
  );
}

function NodeButton({ node, stays }: { node: SimulatedNode; stays: boolean }) {
  const { name, phase, driverPhase, staysBroken } = node;
  const act = useAct('POST', `/simulator/nodes/${encodeURIComponent(name)}`);
  const isWell = phase === 'Available' && driverPhase === 'Running';
  const isBroken = phase === 'Abnormal' || driverPhase === 'Abnormal';
  const said = isWell
    ? `${name}: well. Break it`
    : isBroken
      ? `${name}: broken. Repair it`
      : `${name}: ${phase}`;
  return (
    <li>
      <button
        class={`cell cell-${isWell ? 'well' : isBroken ? 'broken' : 'held'}`}
        type="button"
        aria-label={said}
        title={act.problem?.detail ?? (staysBroken ? `${said}, and its reset does not help` : said)}
        disabled={act.isBusy || whyNot('command') !== undefined}
        onClick={() =>
          void act.run(
            isBroken
              ? { phase: 'Available', driverPhase: 'Running', staysBroken: false }
              : { phase: 'Abnormal', driverPhase: 'Abnormal', staysBroken: stays },
          )
        }
      >
        {isWell ? '' : isBroken ? 'B' : 'H'}
      </button>
    </li>
  );
}

function Requests({ state: { requests } }: { state: Simulated }) {
  const newest = requests.slice(-14).toReversed();
  return (
    <Panel title="Requests to the API" aside="newest first">
      {newest.length === 0 && <p class="dim">None yet.</p>}
      <ul class="list">
        {newest.map(({ requestId, at, method, path, endpoint, status, faults }) => (
          <li key={requestId}>
            <span class="grow cut" title={`${method} ${path}`}>
              {endpoint ?? `${method} ${path}`}
            </span>
            {faults.map((fault) => (
              <span key={fault} class="badge tint-amber">
                {fault}
              </span>
            ))}
            <span class={status !== null && status < 400 ? 'dim' : 'is-refused'}>
              {status ?? 'no answer'}
            </span>
            <span class="small dim nowrap">
              <Time at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

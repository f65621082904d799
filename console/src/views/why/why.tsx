import { useEffect, useState } from 'preact/hooks';
import { CALM_MS, usePools, zoneOf } from '../../data.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Empty, Loading, ProblemNote } from '../../parts/note.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { now } from '../../state/clock.ts';
import { useResource } from '../../state/resource.ts';
import { addressOf, goTo, place, routeOf } from '../../state/router.ts';
import { titleOf } from '../../text/words.ts';
import type { EventsPage, NodeDetail, Remediation, RemediationsPage } from '../../types.ts';
import { answerTo } from './answer.ts';
import { Deliveries } from './deliveries.tsx';

/** Asks about a node, an address, an alert's fingerprint or an id, and answers in sentences. */
export function Why() {
  const asked = place.value.query.get('q') ?? '';
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  return (
    <div class="view">
      <Heading title="Why?">
        <p class="dim">
          Why was a node reset, or not? Name the node, its address, an alert by its fingerprint, or a
          remediation by its id.
        </p>
      </Heading>
      <form
        class="row ask"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          goTo(addressOf(['why'], { q: typed.trim() }));
        }}
      >
        <label class="grow">
          <span class="hidden">Node, address, fingerprint or id</span>
          <input
            class="input"
            type="search"
            autofocus
            spellcheck={false}
            placeholder="os-node-created-lv29s, 10.0.0.7, cd7038fcc2439232 …"
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <button class="button button-strong" type="submit">
          Ask
        </button>
      </form>
      {asked === '' ? (
        <Empty title="Nothing asked yet">
          The answer says what was received, what Poolkeeper decided, and what it did.
        </Empty>
      ) : (
        <Answer key={asked} asked={asked} />
      )}
    </div>
  );
}

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const FINGERPRINT = /^[0-9a-f]{8,64}$/i;

function Answer({ asked }: { asked: string }) {
  usePools();
  const isAddress = ADDRESS.test(asked);
  const node = useResource<NodeDetail>(routeOf(['nodes', asked]), CALM_MS);
  const own = useResource<Remediation>(isAddress ? undefined : routeOf(['remediations', asked]), CALM_MS);
  const by = isAddress ? 'address' : FINGERPRINT.test(asked) ? 'fingerprint' : 'node';
  const events = useResource<EventsPage>(routeOf(['events'], { [by]: asked, limit: '30' }), CALM_MS);
  const remediations = useResource<RemediationsPage>(
    routeOf(['remediations'], { node: asked, limit: '20' }),
    CALM_MS,
  );

  const isThere = [node, own, events, remediations].filter(({ value }) => value.value !== undefined);
  const isPending = [events, remediations].some(({ value, problem }) => !value.value && !problem.value);
  const silent = events.problem.value?.status === 0 ? events.problem.value : undefined;
  if (silent && isThere.length === 0) return <ProblemNote problem={silent} />;
  if (isPending) return <Loading />;

  const facts = {
    asked,
    node: node.value.value,
    remediation: own.value.value,
    events: events.value.value?.events ?? [],
    remediations: remediations.value.value?.remediations ?? [],
  };
  const sentences = answerTo(facts, now.peek());
  return (
    <>
      <section class="panel card answer" aria-label="Answer" aria-live="polite">
        {sentences.map((text, index) => (
          <p key={index}>
            <Said text={text} />
          </p>
        ))}
        <p class="row">
          {facts.node && (
            <a href={addressOf(['nodes', facts.node.node], { pool: facts.node.pool })}>
              The node and its history
            </a>
          )}
          {facts.remediation && (
            <a href={addressOf(['remediations', facts.remediation.id])}>The remediation in full</a>
          )}
        </p>
      </section>
      {facts.remediations.length > 0 && (
        <Panel title="Remediations" aside="newest first">
          <ul class="list">
            {facts.remediations.map((one) => (
              <li key={one.id}>
                <a href={addressOf(['remediations', one.id])}>{titleOf(one)}</a>
                <StateBadge state={one.state} />
                <span class="small dim end">
                  <Time at={one.createdAt} />
                </span>
                <span class="dim full">
                  <Said text={one.why} zone={zoneOf(one.pool)} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {facts.events.length > 0 && (
        <Panel title="Received alerts" aside="last 30 days">
          <Deliveries events={facts.events} none="Nothing." />
        </Panel>
      )}
    </>
  );
}

import type { ComponentChildren } from 'preact';
import { Heading } from '../parts/heading.tsx';
import { Empty } from '../parts/note.tsx';
import { addressOf, place } from '../state/router.ts';
import { Day } from './day/day.tsx';
import { Node } from './node/node.tsx';
import { Now } from './now/now.tsx';
import { Pool } from './pool/pool.tsx';
import { Remediation } from './remediation/remediation.tsx';
import { Remediations } from './remediations/remediations.tsx';
import { Simulator } from './simulator/simulator.tsx';
import { Waiting } from './waiting/waiting.tsx';
import { Why } from './why/why.tsx';

/** The view at the place of the address. */
export function View(): ComponentChildren {
  const { path, query } = place.value;
  const [first, second] = path;
  switch (first) {
    case undefined:
      return <Now />;
    case 'remediations':
      return second === undefined ? <Remediations /> : <Remediation key={second} id={second} />;
    case 'waiting':
      return <Waiting />;
    case 'day':
      return <Day />;
    case 'simulator':
      return <Simulator />;
    case 'why':
      return <Why />;
    case 'pools':
      return second === undefined ? <Now /> : <Pool key={second} name={second} />;
    case 'nodes':
      return second === undefined ? (
        <Now />
      ) : (
        <Node key={second} name={second} pool={query.get('pool') ?? undefined} />
      );
    default:
      return <Unknown />;
  }
}

function Unknown() {
  return (
    <div class="view">
      <Heading title="There is nothing here" />
      <Empty title="The address names no view.">
        <a href={addressOf([])}>Go to the pools</a>
      </Empty>
    </div>
  );
}

import { timeIn } from '#lib/sentences/time';
import type { DatedNotice } from '../entry.ts';
import { linkTo } from './links.ts';
import type { Line, Link } from './message.ts';
import { inOneLine } from './one-line.ts';
import type { Place } from './remediation.ts';

export type Incident = Extract<DatedNotice, { kind: 'incident' }>;

export type IncidentWords = { title: string; lines: Line[]; links: Link[]; todo: string };

const IN_COMMON = 'look at what the alerts of the pool, and its remediations, have in common';

const SAYS: Readonly<Record<Incident['incident'], { title: string; todo: string }>> = {
  storm: { title: 'Storm: disruptive commands wait', todo: IN_COMMON },
  'storm-over': {
    title: 'The storm is over',
    todo: 'nothing: the commands of the pool go on by themselves, one node at a time for an hour',
  },
  breaker: { title: 'Circuit breaker open: disruptive commands wait', todo: IN_COMMON },
  'breaker-closed': {
    title: 'The circuit breaker is closed',
    todo: 'nothing: the commands of the pool go on by themselves',
  },
  'over-budget': {
    title: 'More nodes out of service than the budget allows: disruptive commands wait',
    todo: 'repair nodes by hand until the rest is within the budget, or raise budget.maxUnavailable of the pool in the rules file',
  },
  'within-budget': {
    title: 'The nodes out of service are within the budget again',
    todo: 'nothing: the commands of the pool go on by themselves',
  },
  unreadable: {
    title: 'A document of the ledger cannot be read',
    todo: 'nothing is done for what it is about until it can be read. Correct or delete it in the table; everything else goes on',
  },
  'not-readable': {
    title: 'The pool cannot be read',
    todo: 'look at the access key, its permissions and the API. Until the pool can be read, its commands wait, and the states of its nodes are unknown',
  },
  'readable-again': {
    title: 'The pool can be read again',
    todo: 'nothing: its commands go on by themselves',
  },
  'recipient-silent': {
    title: 'Notices do not arrive',
    todo: 'look at the recipient, its URL and its keys under notify in the rules file. Its notices are tried again for some two hours, and are then among the dead letters, as are refused ones: npm run redrive',
  },
  'recipient-back': {
    title: 'Notices arrive again',
    todo: 'send back the dead letters of notify, if there are any: npm run redrive',
  },
  'subscription-ended': {
    title: 'A subscription to alarms has ended',
    todo: 'if it must go on, subscribe again in the console of SMN. If not, take the topic out of sources.smn.topics in the rules file',
  },
};

/**
 * The words about an incident.
 *
 * @param place without the name of a pool if the incident concerns no single pool.
 * @param route the route of the HTTP API that tells more.
 */
export function incidentWords(
  { incident, pool, about, why, at }: Incident,
  { poolName, zone, base }: Omit<Place, 'poolName'> & { poolName: string | undefined },
  route: string,
): IncidentWords {
  const { title, todo } = SAYS[incident];
  const links =
    pool === undefined
      ? linkTo(base, 'Open the console', [])
      : linkTo(base, 'Open the pool', ['pools', pool]);
  const facts: [string, string | false][] = [
    ['Why', why],
    ['Since', timeIn(zone, at)],
    ['To do', todo],
    ['More', links.length === 0 && `GET ${route}`],
  ];
  return {
    title: inOneLine(
      `${title}${about === undefined ? '' : ` (${about})`}${poolName === undefined ? '' : ` in pool ${poolName}`}`,
    ),
    lines: facts.flatMap(([name, text]) => (text ? [{ name, text: inOneLine(text) }] : [])),
    links,
    todo,
  };
}

import type { ShownState } from '#lib/ledger/listing/shown';
import { printable } from '#lib/printable';
import { type Entry, entryOf } from '#lib/remediation/record/outbox';
import { commandText, targetsText } from '#lib/sentences/remediation';
import type { DatedNotice } from './entry.ts';
import { toDo } from './states.ts';

/** The text for a person: one line, and a few lines that begin with it. */
export type Words = { title: string; text: string };

/** Limit of a repeated free text. The ledger has all of it. */
const MAX_LENGTH = 500;

/**
 * The text about a remediation.
 *
 * @param entry the entry into the state; the remediation may have left it since. Undefined: a rung of its ladder notifies.
 */
export function remediationWords(remediation: ShownState, poolName: string, entry: Entry | undefined): Words {
  const { id, rule, jobId, why } = remediation;
  const about = `${commandText(remediation)} of ${targetsText(remediation)} in pool ${poolName}`;
  const origin = [
    rule !== undefined && `rule ${rule}`,
    jobId !== undefined && `job ${jobId}`,
    `${remediation.state} since ${entryOf(remediation).since}`,
  ];
  return words(
    `${standing(remediation, entry)}: ${about}`,
    why !== undefined && `Why: ${why}`,
    `From: ${origin.filter(Boolean).join(', ')}`,
    toDo(remediation) && `To do: ${toDo(remediation)}`,
    noteOf(remediation),
    `More: GET /remediations/${id}`,
  );
}

/** The text that the rule gives with a notice. */
function noteOf({ action, parameters: { note } }: ShownState): string | undefined {
  return action === 'notify' && typeof note === 'string' ? `Note: ${note}` : undefined;
}

export function incidentWords(
  { incident, about, why, at }: Extract<DatedNotice, { kind: 'incident' }>,
  poolName: string | undefined,
  link: string,
): Words {
  const inCommon = 'look at what the alerts of the pool, and its remediations, have in common';
  const says = {
    storm: { title: 'storm: disruptive commands wait', toDo: inCommon },
    breaker: { title: 'circuit breaker open: disruptive commands wait', toDo: inCommon },
    'over-budget': {
      title: 'more nodes out of service than the budget allows: disruptive commands wait',
      toDo: 'repair nodes by hand until the rest is within the budget, or raise budget.maxUnavailable of the pool in the rules file',
    },
    unreadable: {
      title: 'a document of the ledger cannot be read',
      toDo: 'nothing is done for what it is about until it can be read. Correct or delete it in the table; everything else goes on',
    },
    'not-readable': {
      title: 'the pool cannot be read',
      toDo: 'look at the access key, its permissions and the API. Until the pool can be read, its commands wait, and the states of its nodes are unknown',
    },
    'readable-again': {
      title: 'the pool can be read again',
      toDo: 'nothing: its commands go on by themselves',
    },
    'subscription-ended': {
      title: 'a subscription to alarms has ended',
      toDo: 'if it must go on, subscribe again in the console of SMN. If not, take the topic out of sources.smn.topics in the rules file',
    },
  };
  const { title, toDo: next } = says[incident];
  return words(
    `${title}${about === undefined ? '' : ` (${about})`}${poolName === undefined ? '' : ` in pool ${poolName}`}`,
    `Why: ${why}`,
    `Since: ${at}`,
    `To do: ${next}`,
    `More: GET ${link}`,
  );
}

function standing(remediation: ShownState, entry: Entry | undefined): string {
  const { state, since } = entryOf(remediation);
  if (!entry) return `told by its rule (${state})`;
  if (entry.state === state && entry.since === since) return state;
  return `was ${entry.state} at ${entry.since}, is now ${state}`;
}

/** Free text has a foreign origin: this limits it to one line, and to a length. */
function words(title: string, ...lines: readonly (string | false | undefined)[]): Words {
  const [first = '', ...rest] = [title, ...lines].filter((line) => typeof line === 'string').map(inOneLine);
  return { title: first, text: [first, ...rest].join('\n') };
}

function inOneLine(text: string): string {
  const line = printable(text.replace(/\s+/gu, ' ').trim());
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

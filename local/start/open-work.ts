import type { RemediationState } from '#lib/rules/state';
import { counted, listed } from '#lib/sentences/english';
import { targetsText } from '#lib/sentences/remediation';
import type { Remediation } from '#local/client/ledger';

/** The open remediations of a ledger, counted. `more`: there are more than a page has. */
export type OpenWork = {
  calls: number;
  commands: number;
  plans: number;
  persons: number;
  more: boolean;
  /** The first calls that are under way, in a line each. */
  underWay: string[];
};

/** A screen has room for so many calls. */
const MOST_NAMED = 5;

/** The states of open remediations, for the parameter of a list. */
export const OPEN_STATES: readonly RemediationState[] = [
  'submitting',
  'deferred',
  'running',
  'verifying',
  'awaiting-approval',
  'needs-human',
];

const CALLED: readonly RemediationState[] = ['running', 'verifying'];

export function countOpen(
  remediations: readonly Pick<Remediation, 'state' | 'action' | 'nodes' | 'node' | 'nodePool' | 'jobId'>[],
  more: boolean,
): OpenWork {
  const states = remediations.map(({ state }) => state);
  const calls = remediations.filter(({ state }) => CALLED.includes(state));
  const of = (...wanted: RemediationState[]) => states.filter((state) => wanted.includes(state)).length;
  return {
    calls: calls.length,
    commands: of('submitting', 'deferred'),
    plans: of('awaiting-approval'),
    persons: of('needs-human'),
    more,
    underWay: calls
      .slice(0, MOST_NAMED)
      .map(
        (one) => `${one.action} of ${targetsText(one)}${one.jobId === undefined ? '' : `: job ${one.jobId}`}`,
      ),
  };
}

/** The work that a system finds in its ledger, in one line. */
export function pickedUp(work: OpenWork): string {
  const { calls, commands, plans, persons, more } = work;
  const parts = [
    calls > 0 && `${counted(calls, 'call')} under way`,
    commands > 0 && `${counted(commands, 'command')} that ${commands === 1 ? 'waits' : 'wait'}`,
    plans > 0 && `${counted(plans, 'plan')} for your approval`,
    persons > 0 && `${counted(persons, 'remediation')} that ${persons === 1 ? 'needs' : 'need'} a person`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return 'nothing is open';
  return `${listed(parts)}${more ? ', and more' : ''}`;
}

/** The work that goes on without the system, in sentences. Undefined: its ledger could not be asked. */
export function goesOn(work: OpenWork | undefined): string[] {
  const { calls = 0, commands = 0, plans = 0 } = work ?? {};
  const waiting = [commands > 0 && counted(commands, 'command'), plans > 0 && counted(plans, 'plan')].filter(
    (part) => part !== false,
  );
  return [
    ...(calls > 0
      ? [
          `${counted(calls, 'call')} ${calls === 1 ? 'is' : 'are'} under way: ModelArts goes on with the work, and the next start finds out how it has ended.`,
        ]
      : []),
    ...(waiting.length > 0
      ? [
          `${listed(waiting)} ${commands + plans === 1 ? 'waits' : 'wait'} in the ledger for the next start, which decides by the facts of that time.`,
        ]
      : []),
    'Until then no alert is received and no schedule fires. Alertmanager sends the alerts that still fire again.',
  ];
}

import { type Phase, phases } from '#lib/ledger/phase';
import { IllegalPhaseError, type Remediation } from '#lib/ledger/remediation';

/** From any of some phases to any of others. */
type Move = readonly [from: readonly Phase[], to: readonly Phase[]];

/** `stays`: the phases in which it may also leave a remediation. */
type Transition = { who: string; what: string; moves: readonly Move[]; stays?: readonly Phase[] };

/** Phases in which no accepted call is on record. */
const UNDECIDED = ['undecided', 'waiting', 'calling'] as const;

/**
 * The effects of a check of its targets, while one of its calls may still change them. A remediation that waits, whose plan waits, or
 * whose later call runs, stays in its phase.
 */
const CHECKED = {
  moves: [
    [
      ['undecided', 'calling', 'running', 'verifying', 'needs-human'],
      ['verifying', 'waiting', 'needs-human', 'failed', 'succeeded', 'rung-failed'],
    ],
  ],
  stays: ['undecided', 'waiting', 'planned', 'calling', 'running'],
} as const;

/**
 * Every transition of a remediation between phases. docs/reference/states.md is made from this. If a person must see to one of its targets, it
 * goes to a person instead of succeeding, failing or being skipped (`withPerson`).
 */
export const transitions = {
  judge: {
    who: "its action's function",
    what: 'its guards were asked',
    moves: [
      [
        UNDECIDED,
        ['waiting', 'planned', 'observed', 'skipped', 'succeeded', 'failed', 'needs-human', 'verifying'],
      ],
    ],
    stays: [...UNDECIDED, 'observed'],
  },
  defer: {
    who: "its action's function",
    what: 'it comes back later: its target is busy, the pool has no room or could not be read, or the API said not now',
    moves: [[UNDECIDED, ['waiting']]],
  },
  'give-up': {
    who: "its action's function",
    what: 'its evidence would be too old at the next try',
    moves: [[UNDECIDED, ['needs-human']]],
  },
  refuse: {
    who: "its action's function",
    what: 'another process was faster, its alert has resolved, or there is nothing to undo',
    moves: [
      [UNDECIDED, ['skipped', 'succeeded', 'failed', 'needs-human', 'verifying']],
      [['observed'], ['skipped']],
    ],
    stays: UNDECIDED,
  },
  join: {
    who: "its action's function",
    what: 'another remediation moves its whole supernode',
    moves: [[UNDECIDED, ['skipped', 'needs-human']]],
  },
  claim: {
    who: "its action's function",
    what: 'it becomes part of a call',
    moves: [[UNDECIDED, ['calling']]],
  },
  fail: {
    who: "its action's function",
    what: 'the API refused it for good',
    moves: [[UNDECIDED, ['failed', 'verifying', 'rung-failed', 'needs-human']]],
  },
  accept: {
    who: "its action's function, `poll-jobs` or `sweep`",
    what: 'the API has accepted its call, or the job of a lost call was found',
    moves: [[['undecided', 'waiting', 'calling', 'verifying', 'needs-human'], ['running']]],
  },
  answer: {
    who: "its action's function, `poll-jobs` or `sweep`",
    what: 'the API said at once how each node ended',
    moves: [[['running'], ['waiting', 'verifying', 'succeeded', 'failed', 'rung-failed', 'needs-human']]],
  },
  'see-job': {
    who: '`poll-jobs`',
    what: 'its job goes on, stands still or has failed',
    moves: [
      [
        ['undecided', 'calling', 'running', 'verifying', 'needs-human'],
        ['running', 'needs-human', 'failed', 'rung-failed'],
      ],
    ],
  },
  settle: {
    who: '`poll-jobs`',
    what: 'its targets were checked',
    ...CHECKED,
  },
  expire: {
    who: '`poll-jobs`',
    what: 'the time of its call is over, or its job was not found',
    ...CHECKED,
  },
  'fire-on': {
    who: '`receive-alert`, or the function of another command for its node',
    what: 'its alert still fires after its success',
    moves: [[['succeeded'], ['rung-failed']]],
  },
  escalate: {
    who: 'any function that finds it',
    what: 'its ladder goes on with the next rung, or ends with a person',
    moves: [[['rung-failed'], ['escalated', 'needs-human', 'failed']]],
  },
  'judge-again': {
    who: '`receive-alert`',
    what: 'its alert still fires after it was skipped',
    moves: [[['skipped'], ['undecided']]],
  },
  'hand-over': {
    who: "its action's function at the last delivery, or `sweep`",
    what: 'it could not be decided',
    moves: [[UNDECIDED, ['needs-human']]],
  },
  'take-up-again': {
    who: "its action's function",
    what: 'its command has come again after it was handed over',
    moves: [[['needs-human'], ['undecided']]],
  },
  approve: { who: 'a person', what: 'approves its plan', moves: [[['planned'], ['undecided']]] },
  reject: { who: 'a person', what: 'rejects its plan', moves: [[['planned'], ['rejected']]] },
  'expire-plan': {
    who: '`sweep`, or a person who approves too late',
    what: 'no person has approved its plan in time',
    moves: [[['planned'], ['skipped', 'needs-human']]],
  },
  withdraw: {
    who: 'a person',
    what: 'takes back what waits of it',
    moves: [
      [
        [...UNDECIDED, 'planned'],
        ['rejected', 'verifying', 'succeeded', 'failed', 'needs-human'],
      ],
    ],
  },
  'lose-track': {
    who: '`sweep`',
    what: 'nothing follows its calls any more',
    moves: [[['running', 'verifying', 'rung-failed'], ['needs-human']]],
  },
  note: {
    who: 'any function',
    what: 'a record that changes no phase',
    moves: [],
    stays: phases,
  },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof transitions;

type Ends<Row> = Row extends { moves: readonly (infer One)[] }
  ? One extends readonly [readonly (infer From extends Phase)[], readonly (infer To extends Phase)[]]
    ? { from: From; to: To }
    : never
  : never;
type Stays<Row> = Row extends { stays: readonly (infer Stay extends Phase)[] } ? Stay : never;
type Ways = {
  [Name in TransitionName]: {
    from: Ends<(typeof transitions)[Name]>['from'] | Stays<(typeof transitions)[Name]>;
    to: Ends<(typeof transitions)[Name]>['to'] | Stays<(typeof transitions)[Name]>;
  };
};

/** A remediation in one of some phases. */
export type InPhase<Of extends Phase> = Extract<Remediation, { phase: Of }>;

/** A remediation that a transition can start from. */
export type Subject<Name extends TransitionName> = InPhase<Ways[Name]['from']>;

/** A phase that a transition can lead to. */
export type Target<Name extends TransitionName> = Ways[Name]['to'];

/** Whether a transition can start from the phase of a remediation. */
export function canStart<Name extends TransitionName>(
  remediation: Remediation,
  by: Name,
): remediation is Subject<Name> {
  const { moves, stays = [] }: Transition = transitions[by];
  return [...stays, ...moves.flatMap(([from]) => from)].includes(remediation.phase);
}

/**
 * Rejects a transition that is not in the table.
 *
 * @throws IllegalPhaseError
 */
export function checkTransition({ id, phase }: Remediation, by: TransitionName, to: Phase): void {
  const { moves, stays = [] }: Transition = transitions[by];
  if (phase === to && stays.includes(phase)) return;
  if (moves.some(([from, into]) => from.includes(phase) && into.includes(to))) return;
  throw new IllegalPhaseError(
    `Remediation ${id} is ${phase} and cannot become ${to} by ${by}: lib/remediation/lifecycle/transitions.ts has every way`,
  );
}

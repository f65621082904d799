import type { Fault } from './catalogue.ts';

type Mistake = Omit<Fault, 'profile'>;

/** Mistakes in how a job is looked for whose call has lost its answer. */
const ofSearch: readonly Mistake[] = [
  {
    name: "somebody else's job is adopted",
    promise: 'a lost call is found by its own job',
    inside: 'candidateJobs',
    find: '($EXACT.length > 0 ? $EXACT : $SILENT).map($JOB)',
    replace: '$NAMED.map($JOB)',
    given: '$NAMED.filter(({ names }) => names.size === 0)',
  },
  {
    name: 'a job of more nodes than its own is adopted',
    promise: 'a lost call is found by its own job',
    inside: 'candidateJobs',
    find: '$NAMES.symmetricDifference($OURS).size === 0',
    replace: '$NAMES.isSupersetOf($OURS)',
  },
  {
    name: 'what another call was told of is adopted before it is entered',
    promise: 'a lost call is found by its own job',
    inside: 'readOthers',
    find: 'new Set($OTHERS.flatMap(({ jobId }) => jobId ?? []))',
    replace: 'new Set<string>()',
  },
  {
    name: 'the clocks are taken for the same',
    promise: 'a lost call is found by its own job',
    inside: 'candidateJobs',
    find: "Date.parse($CALLING_AT ?? '') - CLOCK_SKEW_MS",
    replace: "Date.parse($CALLING_AT ?? '')",
  },
  {
    name: 'a job from long before the call is adopted',
    promise: 'a lost call is found by its own job',
    inside: 'candidateJobs',
    find: "Date.parse($CALLING_AT ?? '') - CLOCK_SKEW_MS",
    replace: "Date.parse($CALLING_AT ?? '') - 30 * CLOCK_SKEW_MS",
  },
  {
    name: 'the kind of a job is not looked at',
    promise: 'a lost call is found by its own job',
    inside: 'candidateJobs',
    find: '$OF_OUR_ACTION && ($BODY)',
    replace: '($OF_OUR_ACTION || true) && ($BODY)',
  },
  {
    name: 'a migration is taken for a reset',
    promise: 'a lost call is found by its own job',
    inside: 'isOfAction',
    find: '![...actions.map($TYPE_OF), ...$OTHERS].includes($TYPE)',
    replace: 'false',
  },
  {
    name: 'a search ends after a minute',
    promise: 'a lost call is found by its own job',
    inside: 'SEARCH_MS',
    find: '10 * 60_000',
    replace: '60_000',
  },
  {
    name: 'a search ends with an empty list',
    promise: 'a lost call is found by its own job',
    inside: 'searchJob',
    find: '$AGE_MS < SEARCH_MS',
    replace: '($AGE_MS < SEARCH_MS && $JOB)',
    given: 'const [$JOB] = $CANDIDATES;',
  },
  {
    name: 'a job that somebody may have started is no trace',
    promise: 'what is left to a person keeps its nodes',
    inside: 'hasLeftNoTrace',
    find: 'return $UNOWNED.every($IS_OLD) && $BODY && $FOUND.every(isIdle);',
    replace: 'void $IS_OLD; return $BODY && $FOUND.every(isIdle);',
  },
  {
    name: 'nodes of a lost call are given back though its job may run',
    promise: 'a lease is not freed while a job still runs',
    inside: 'expireCall',
    find: "$STORED && $SEEN?.kind === 'search' && $SEEN.noTrace && isGivenUp($STORED, $CALL)",
    replace: '$STORED && $CALL.jobId === undefined && isGivenUp($STORED, $CALL)',
  },
  {
    name: 'what a lost call did is not left to a person',
    promise: 'a lost call is found by its own job',
    inside: 'expire',
    file: 'lifecycle/settle.ts',
    find: "phase: 'needs-human'",
    replace: "phase: 'failed'",
  },
];

/** Mistakes in following jobs to their end. */
const ofFollowing: readonly Mistake[] = [
  {
    name: 'a failed look is the last one',
    promise: 'nothing is lost',
    inside: 'followJob',
    find: 'const $JOBS = await reader.jobs();',
    replace: 'const $JOBS = await reader.jobs(); if (!$JOBS) return { ...$UNCHANGED, ended: true };',
    given: 'const $UNCHANGED = { call, ended: false, seen: $_ };',
  },
  {
    name: 'a job that is not listed yet has failed',
    promise: 'a lease is not freed while a job still runs',
    inside: 'viewJob',
    find: "kind: 'missing'",
    replace: "kind: 'failed', message: 'it is gone'",
  },
  {
    name: 'a job that is not listed yet is over',
    promise: 'nothing is lost',
    inside: 'followJob',
    find: "ended: $STATE.kind === 'failed'",
    replace: "ended: $STATE.kind === 'failed' || $STATE.kind === 'missing'",
  },
  {
    name: 'a suspended job runs',
    promise: 'a suspended job is told',
    inside: 'viewJob',
    find: "if ($JOB.suspended) return { kind: 'suspended' };",
    replace: '',
  },
  {
    name: 'a job in a phase that nobody knows runs',
    promise: 'an unknown phase is told',
    inside: 'viewJob',
    find: "$JOB.phase === 'Running'",
    replace: "$JOB.phase !== ''",
  },
  {
    name: 'a job that goes on is left to a person',
    promise: 'a suspended job is told',
    inside: 'isFollowed',
    file: 'see-job.ts',
    find: "canStart($REMEDIATION, 'see-job')",
    replace: "canStart($REMEDIATION, 'see-job') && $REMEDIATION.phase !== 'needs-human'",
  },
  {
    name: 'a deadline is never reached',
    promise: 'nothing is followed for ever',
    inside: 'lookAtPool',
    find: 'endOf($AFTER, $SERVICES)',
    replace: '2 * endOf($AFTER, $SERVICES)',
  },
  {
    name: 'after a change no further look is asked for',
    promise: 'nothing is lost',
    inside: 'lookAt',
    file: 'poll.ts',
    find: '$LOOKED.filter(({ ended }) => !ended)',
    replace:
      '$LOOKED.filter((one) => !one.ended && (one.call.looks === 0 || one.call.seen?.kind === one.seen?.kind))',
  },
  {
    name: 'who finds a call answered does not record it',
    promise: 'the ledger explains every request',
    inside: 'lookAt',
    file: 'poll-pool.ts',
    find: "$CALL.state === 'accepted'",
    replace: "$CALL.state === 'lost'",
  },
  {
    name: 'what ends keeps its nodes',
    promise: 'leases end with their remediation',
    inside: 'settleCall',
    find: "await giveBack($STORED, 'over', $SERVICES, $TARGETS)",
    replace: 'if ($STORED.state === "failed") await giveBack($STORED, "over", $SERVICES, $TARGETS)',
  },
];

/** Mistakes on the way of commands, and from rung to rung. */
const ofCommands: readonly Mistake[] = [
  {
    name: 'who dies between storing and sending is not helped',
    promise: 'nothing is lost',
    inside: 'isWaiting',
    find: "$STATE === 'submitting' || $STATE === 'observed'",
    replace: "$STATE === 'submitting' && $JUDGED !== undefined",
    given: '$JUDGED !== undefined && $_',
  },
  {
    name: 'what is only observed is not sent',
    promise: 'nothing is lost',
    inside: 'isWaiting',
    find: "$BODY && ($STATE === 'submitting' || $STATE === 'observed')",
    replace: "$BODY && $STATE === 'submitting'",
  },
  {
    name: 'the next rung is opened and not sent',
    promise: 'nothing is lost',
    inside: 'announce',
    find: 'if (isWaiting($RUNG)) await sendCommand($RUNG, $SERVICES);',
    replace: 'if (!isWaiting($RUNG)) await sendCommand($RUNG, $SERVICES);',
  },
  {
    name: 'a rung that did not help keeps its nodes',
    promise: 'leases end with their remediation',
    inside: 'escalate',
    find: 'await giveBack($FAILED, $REASON, $SERVICES)',
    replace: 'void $REASON',
  },
  {
    name: 'a rung is over before the next one is there',
    promise: 'nothing is lost',
    inside: 'escalate',
    find: "$FAILED.phase === 'rung-failed'",
    replace: "$FAILED.phase === 'rung-failed' && $FAILED.escalatedTo !== undefined",
  },
  {
    name: 'a dead letter does not say why',
    promise: 'no dead letter is silent',
    inside: 'atLastDelivery',
    find: '$RECORD.receiveCount >= $MAX_RECEIVES',
    replace: '$RECORD.receiveCount > $MAX_RECEIVES',
  },
  {
    name: 'a dead letter forgets what went wrong first',
    promise: 'no dead letter is silent',
    inside: 'atLastDelivery',
    find: '...($BEFORE && { firstError: $BEFORE.firstError, firstErrorAt: $BEFORE.firstErrorAt })',
    replace: '',
  },
  {
    name: 'nobody is told of a command that is buried',
    promise: 'nothing is lost',
    inside: 'atLastDelivery',
    find: 'await $MESSAGE.handOver?.($RECORD, $WHY)',
    replace: 'if ($RECORD.receiveCount > 99) await $MESSAGE.handOver?.($RECORD, $WHY)',
  },
];

/** Mistakes in what the sweep finds, and what it leaves alone. */
const ofSweep: readonly Mistake[] = [
  {
    name: 'whoever dies on the way to the next rung is not helped',
    promise: 'nothing is lost',
    inside: 'isStranded',
    find: 'goesOn($REMEDIATION) && isLongPast($UPDATED_AT, $NOW) && !$WAITS',
    replace:
      "goesOn($REMEDIATION) && isLongPast($UPDATED_AT, $NOW) && !$WAITS && $REMEDIATION.state === 'observed'",
  },
  {
    name: 'a lease is swept up though a job may run under it',
    promise: 'a lease is not freed while a job still runs',
    inside: 'forgottenLeases',
    find: 'isNeeded($HELD)',
    replace: "isNeeded($HELD) && $HELD.remediation.state !== 'running'",
  },
  {
    name: 'leases are not swept up',
    promise: 'nothing is held for what is over',
    inside: 'SWEEPS',
    find: '[$$$BEFORE, forgottenLeases, $$$AFTER]',
    replace: '[$$$BEFORE, $$$AFTER]',
  },
  {
    name: 'places are not swept up',
    promise: 'no place without a lease',
    inside: 'SWEEPS',
    find: '[$$$BEFORE, forgottenPlaces, $$$AFTER]',
    replace: '[$$$BEFORE, $$$AFTER]',
  },
  {
    name: 'calls that nobody follows are not swept up',
    promise: 'nothing is lost',
    inside: 'SWEEPS',
    find: 'unfollowedCalls',
    replace: '',
  },
  {
    name: 'calls that were never sent are not swept up',
    promise: 'nothing is lost',
    inside: 'SWEEPS',
    find: 'abandonedCalls',
    replace: '',
  },
  {
    name: 'a call that was answered is swept up and not followed',
    promise: 'nothing is lost',
    inside: 'unfollowedCalls',
    find: 'await recordAccepted($CALL, $SERVICES, $INVOCATION)',
    replace: 'void recordAccepted',
  },
  {
    name: 'a call is swept up by when it was made',
    promise: 'the sweep leaves alone what is under way',
    inside: 'unfollowedCalls',
    find: '$CURRENT.nextLookAt ?? $CURRENT.createdAt',
    replace: '$CURRENT.createdAt',
  },
  {
    name: 'a command is left to a person the second time',
    promise: 'nothing is lost',
    inside: 'MAX_SENT_AGAIN',
    find: 'const MAX_SENT_AGAIN = 8;',
    replace: 'const MAX_SENT_AGAIN = 1;',
  },
  {
    name: 'a sweep waits for three quarters of an hour',
    promise: 'nothing half done is left behind',
    inside: 'STRANDED_MS',
    find: '15 * 60_000',
    replace: '45 * 60_000',
  },
  {
    name: 'a sweep waits for seconds',
    promise: 'the sweep leaves alone what is under way',
    inside: 'STRANDED_MS',
    find: '15 * 60_000',
    replace: '15_000',
  },
  {
    name: 'a command that is swept up is written down and not sent',
    promise: 'nothing is lost',
    inside: 'strandedCommands',
    find: 'await sendCommand($STORED, $SERVICES)',
    replace: 'void sendCommand',
  },
  {
    name: 'a sweep gives back what is left to a person',
    promise: 'what is left to a person keeps its nodes',
    inside: 'isNeeded',
    find: '$HELD.wasCalled',
    replace: '$HELD.isFollowed',
  },
  {
    name: 'a sweep sees the first page alone',
    promise: 'everything comes to rest',
    inside: 'pagesOf',
    file: 'sweep-of.ts',
    find: '$PAGE.length < PAGE_SIZE',
    replace: '$PAGE.length <= PAGE_SIZE',
    heldBy: 'test/sweep/sweep.test.ts',
  },
  {
    name: 'a person releases what another call has taken meanwhile',
    promise: 'a lease is not freed while a job still runs',
    inside: 'release',
    file: 'console/release.ts',
    find: '$STATE && $CURRENT.callId === $FOUND.callId',
    replace: '$STATE',
    heldBy: 'test/console/release.test.ts',
  },
];

/** Mistakes that show where something is left half done. */
export const recoveryFaults: readonly Fault[] = [...ofSearch, ...ofFollowing, ...ofCommands, ...ofSweep].map(
  (mistake) => ({ ...mistake, profile: 'recovery' }),
);

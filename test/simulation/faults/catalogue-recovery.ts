import type { Fault } from './catalogue.ts';

type Mistake = Omit<Fault, 'profile'>;

/** Mistakes in how a job is looked for whose call has lost its answer. */
const ofSearch: readonly Mistake[] = [
  {
    name: "somebody else's job is adopted",
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: 'return (exact.length > 0 ? exact : silent).map(({ job }) => job);',
    replace: 'return named.map(({ job }) => job);',
  },
  {
    name: 'a job of more nodes than its own is adopted',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: 'names.symmetricDifference(ours).size === 0',
    replace: 'names.isSupersetOf(ours)',
  },
  {
    name: 'what another call was told of is adopted before it is entered',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/search-job.ts',
    find: 'jobs: new Set(others.flatMap(({ jobId }) => jobId ?? [])),',
    replace: 'jobs: new Set<string>(),',
  },
  {
    name: 'the clocks are taken for the same',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: "const sinceMs = Date.parse(callingAt ?? '') - CLOCK_SKEW_MS;",
    replace: "const sinceMs = Date.parse(callingAt ?? '');",
  },
  {
    name: 'a job from long before the call is adopted',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: "const sinceMs = Date.parse(callingAt ?? '') - CLOCK_SKEW_MS;",
    replace: "const sinceMs = Date.parse(callingAt ?? '') - 30 * CLOCK_SKEW_MS;",
  },
  {
    name: 'the kind of a job is not looked at',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: 'return ofOurAction && (startedAtMs === undefined',
    replace: 'return (ofOurAction || true) && (startedAtMs === undefined',
  },
  {
    name: 'a migration is taken for a reset',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/find-job.ts',
    find: "(type in TYPES ? TYPES[type] === action : action !== 'reset-nodes');",
    replace: '(type in TYPES ? TYPES[type] === action : false);',
  },
  {
    name: 'a search ends after a minute',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/search-job.ts',
    find: 'export const SEARCH_MS = 10 * 60_000;',
    replace: 'export const SEARCH_MS = 60_000;',
  },
  {
    name: 'a search ends with an empty list',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/search-job.ts',
    find: 'if (ageMs < SEARCH_MS || call.seen !== seen) return { ...waiting, seen };',
    replace: 'if ((ageMs < SEARCH_MS && job) || call.seen !== seen) return { ...waiting, seen };',
  },
  {
    name: 'a job that somebody may have started is no trace',
    promise: 'what is left to a person keeps its nodes',
    file: 'lib/remediation/search-job.ts',
    find: 'return unowned.every(isOld) && found.length === targets.size && found.every(isIdle);',
    replace: 'void isOld;\n  return found.length === targets.size && found.every(isIdle);',
  },
  {
    name: 'nodes of a lost call are given back though its job may run',
    promise: 'a lease is not freed while a job still runs',
    file: 'lib/remediation/settle.ts',
    find: 'if (stored && seen.endsWith(NO_TRACE) && isGivenUp(stored, call))',
    replace: 'if (stored && call.jobId === undefined && isGivenUp(stored, call))',
  },
  {
    name: 'what a lost call did is not left to a person',
    promise: 'a lost call is found by its own job',
    file: 'lib/remediation/settle.ts',
    find: "? { state: 'needs-human', why, outcomes: withoutWaiting(current.outcomes, why) }",
    replace: "? { state: 'failed', why, outcomes: withoutWaiting(current.outcomes, why) }",
  },
];

/** Mistakes in following jobs to their end. */
const ofFollowing: readonly Mistake[] = [
  {
    name: 'a failed look is the last one',
    promise: 'nothing is lost',
    file: 'lib/remediation/follow-job.ts',
    find: 'if (!jobs) return unchanged;',
    replace: 'if (!jobs) return { ...unchanged, ended: true };',
  },
  {
    name: 'a job that is not listed yet has failed',
    promise: 'a lease is not freed while a job still runs',
    file: 'lib/remediation/job-view.ts',
    find: "if (!job) return { kind: 'missing' };",
    replace: "if (!job) return { kind: 'failed', message: 'it is gone' };",
  },
  {
    name: 'a job that is not listed yet is over',
    promise: 'nothing is lost',
    file: 'lib/remediation/follow-job.ts',
    find: "return { call, ended: state.kind === 'failed', seen };",
    replace: "return { call, ended: state.kind === 'failed' || state.kind === 'missing', seen };",
  },
  {
    name: 'a suspended job runs',
    promise: 'a suspended job is told',
    file: 'lib/remediation/job-view.ts',
    find: "if (job.suspended) return { kind: 'suspended' };",
    replace: '',
  },
  {
    name: 'a job in a phase that nobody knows runs',
    promise: 'an unknown phase is told',
    file: 'lib/remediation/job-view.ts',
    find: "if (job.phase === 'Running') return { kind: 'running' };",
    replace: "if (job.phase !== '') return { kind: 'running' };",
  },
  {
    name: 'a job that goes on is left to a person',
    promise: 'a suspended job is told',
    file: 'lib/remediation/record-job.ts',
    find: "return state === 'submitting' || state === 'running' || state === 'verifying' || state === 'needs-human';",
    replace: "return state === 'submitting' || state === 'running' || state === 'verifying';",
  },
  {
    name: 'a deadline is never reached',
    promise: 'nothing is followed for ever',
    file: 'lib/remediation/look-at-pool.ts',
    find: 'const overdue = !after.ended && clock.now() >= endOf(after, services);',
    replace: 'const overdue = !after.ended && clock.now() >= 2 * endOf(after, services);',
  },
  {
    name: 'after a change no further look is asked for',
    promise: 'nothing is lost',
    file: 'lib/remediation/poll.ts',
    find: 'const open = looked.filter(({ ended }) => !ended).map(({ call }) => call);',
    replace:
      'const open = looked.filter(({ ended, call, seen }) => !ended && (call.looks === 0 || call.seen === seen)).map(({ call }) => call);',
  },
  {
    name: 'who finds a call answered does not record it',
    promise: 'the ledger explains every request',
    file: 'lib/remediation/look-at-pool.ts',
    find: "if (call.state === 'accepted' && isNews) await enterAccepted(call, services, invocation);",
    replace: "if (call.state === 'lost' && isNews) await enterAccepted(call, services, invocation);",
  },
  {
    name: 'what ends keeps its nodes',
    promise: 'leases end with their remediation',
    file: 'lib/remediation/settle.ts',
    find: 'else await endTargets(stored, services, targets);',
    replace: 'else if (stored.state === "failed") await endTargets(stored, services, targets);',
  },
];

/** Mistakes on the way of commands, and from rung to rung. */
const ofCommands: readonly Mistake[] = [
  {
    name: 'who dies between storing and sending is not helped',
    promise: 'nothing is lost',
    file: 'lib/remediation/open.ts',
    find: "return callId === undefined && !isJudged && (state === 'submitting' || state === 'observed');",
    replace: "return callId === undefined && !isJudged && state === 'submitting' && receipts.length > 99;",
  },
  {
    name: 'what is only observed is not sent',
    promise: 'nothing is lost',
    file: 'lib/remediation/open.ts',
    find: "return callId === undefined && !isJudged && (state === 'submitting' || state === 'observed');",
    replace: "return callId === undefined && !isJudged && state === 'submitting';",
  },
  {
    name: 'the next rung is opened and not sent',
    promise: 'nothing is lost',
    file: 'lib/remediation/open-rungs.ts',
    find: 'else if (isWaiting(rung)) await sendCommand(rung, services);',
    replace: 'else if (!isWaiting(rung)) await sendCommand(rung, services);',
  },
  {
    name: 'a rung that did not help keeps its nodes',
    promise: 'leases end with their remediation',
    file: 'lib/remediation/escalate.ts',
    find: '  await freeTargets(failed, services);\n',
    replace: '  void freeTargets;\n',
  },
  {
    name: 'a rung is over before the next one is there',
    promise: 'nothing is lost',
    file: 'lib/remediation/escalate.ts',
    find: 'const rungs = hasEnded(failed.state)\n',
    replace:
      'const rungs = failed.state !== "nothing" && hasEnded("failed") && failed.escalatedTo === undefined\n',
  },
  {
    name: 'a dead letter does not say why',
    promise: 'no dead letter is silent',
    file: 'lib/remediation/last-delivery.ts',
    find: 'if (record.receiveCount >= maxReceives || error instanceof',
    replace: 'if (record.receiveCount > maxReceives || error instanceof',
  },
  {
    name: 'a dead letter forgets what went wrong first',
    promise: 'no dead letter is silent',
    file: 'lib/remediation/last-delivery.ts',
    find: '...(before && { firstError: before.firstError, firstErrorAt: before.firstErrorAt }),',
    replace: '',
  },
  {
    name: 'nobody is told of a command that is buried',
    promise: 'nothing is lost',
    file: 'lib/remediation/last-delivery.ts',
    find: 'await message.handOver?.(record, why);',
    replace: 'if (record.receiveCount > 99) await message.handOver?.(record, why);',
  },
];

/** Mistakes in what the sweep finds, and what it leaves alone. */
const ofSweep: readonly Mistake[] = [
  {
    name: 'whoever dies on the way to the next rung is not helped',
    promise: 'nothing is lost',
    file: 'lib/sweep/stranded-commands.ts',
    find: 'return goesOn(remediation) && isLongPast(updatedAt, now) && !waits;',
    replace:
      "return goesOn(remediation) && isLongPast(updatedAt, now) && !waits && remediation.state === 'observed';",
  },
  {
    name: 'a lease is swept up though a job may run under it',
    promise: 'a lease is not freed while a job still runs',
    file: 'lib/sweep/forgotten-leases.ts',
    find: 'if (held && !isVoid && isNeeded(held)) return undefined;',
    replace:
      "if (held && !isVoid && isNeeded(held) && held.remediation.state !== 'running') return undefined;",
  },
  {
    name: 'leases are not swept up',
    promise: 'nothing is held for what is over',
    file: 'lib/sweep/sweep.ts',
    find: '  forgottenLeases,\n  forgottenPlaces,',
    replace: '  forgottenPlaces,',
  },
  {
    name: 'places are not swept up',
    promise: 'no place without a lease',
    file: 'lib/sweep/sweep.ts',
    find: '  forgottenPlaces,\n  forgottenNotices,',
    replace: '  forgottenNotices,',
  },
  {
    name: 'calls that nobody follows are not swept up',
    promise: 'nothing is lost',
    file: 'lib/sweep/sweep.ts',
    find: '  unfollowedCalls,\n  abandonedCalls,',
    replace: '  abandonedCalls,',
  },
  {
    name: 'calls that were never sent are not swept up',
    promise: 'nothing is lost',
    file: 'lib/sweep/sweep.ts',
    find: '  abandonedCalls,\n  strandedCommands,',
    replace: '  strandedCommands,',
  },
  {
    name: 'a call that was answered is swept up and not followed',
    promise: 'nothing is lost',
    file: 'lib/sweep/unfollowed-calls.ts',
    find: '      await recordAccepted(call, services, invocation);\n',
    replace: '      void recordAccepted;\n',
  },
  {
    name: 'a call is swept up by when it was made',
    promise: 'the sweep leaves alone what is under way',
    file: 'lib/sweep/unfollowed-calls.ts',
    find: 'isLongPast(current.nextLookAt ?? current.createdAt, now)',
    replace: 'isLongPast(current.createdAt, now)',
  },
  {
    name: 'a command is left to a person the second time',
    promise: 'nothing is lost',
    file: 'lib/sweep/stranded-commands.ts',
    find: 'export const MAX_SENT_AGAIN = 8;',
    replace: 'export const MAX_SENT_AGAIN = 1;',
  },
  {
    name: 'a sweep waits for three quarters of an hour',
    promise: 'nothing half done is left behind',
    file: 'lib/sweep/age.ts',
    find: 'export const STRANDED_MS = 15 * 60_000;',
    replace: 'export const STRANDED_MS = 45 * 60_000;',
  },
  {
    name: 'a sweep waits for seconds',
    promise: 'the sweep leaves alone what is under way',
    file: 'lib/sweep/age.ts',
    find: 'export const STRANDED_MS = 15 * 60_000;',
    replace: 'export const STRANDED_MS = 15_000;',
  },
  {
    name: 'a command that is swept up is written down and not sent',
    promise: 'nothing is lost',
    file: 'lib/sweep/stranded-commands.ts',
    find: '    await sendCommand(stored, services);\n',
    replace: '    void sendCommand;\n',
  },
  {
    name: 'a sweep gives back what is left to a person',
    promise: 'what is left to a person keeps its nodes',
    file: 'lib/remediation/held.ts',
    find: "return state === 'needs-human' && isDestructive(action) && held.wasCalled;",
    replace: "return state === 'needs-human' && isDestructive(action) && held.isFollowed;",
  },
];

/** Mistakes that show where something is left half done. */
export const recoveryFaults: readonly Fault[] = [...ofSearch, ...ofFollowing, ...ofCommands, ...ofSweep].map(
  (mistake) => ({ ...mistake, profile: 'recovery' }),
);

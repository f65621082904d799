import type { Fault } from './catalogue.ts';

/** Mistakes that show only where many functions meet at the same nodes. */
export const raceFaults: readonly Fault[] = [
  {
    name: 'who finds its call given up sends all the same',
    promise: 'one destructive call, once',
    profile: 'races',
    file: 'lib/remediation/make-call.ts',
    find: 'if (!mayBeSent) return;',
    replace: 'void mayBeSent;',
  },
  {
    name: 'an intent is written over a call that was given up',
    promise: 'one destructive call, once',
    profile: 'races',
    file: 'lib/remediation/call.ts',
    find: "call?.state === 'preparing' ? { ...call, ...intent, state: 'calling' } : undefined,",
    replace: "call ? { ...call, ...intent, state: 'calling' } : undefined,",
  },
  {
    name: 'what another call was told of is adopted before it is entered',
    promise: 'a lost call is found by its own job',
    profile: 'races',
    file: 'lib/remediation/search-job.ts',
    find: 'jobs: new Set(others.flatMap(({ jobId }) => jobId ?? [])),',
    replace: 'jobs: new Set<string>(),',
  },
  {
    name: 'a rival that was given up is none any more',
    promise: 'a lost call is found by its own job',
    profile: 'races',
    file: 'lib/remediation/search-job.ts',
    find: 'const rivals = others.rivals || call.seen?.startsWith(AMONG_RIVALS) === true;',
    replace: 'const rivals = others.rivals;',
  },
  {
    name: 'rivals are not looked for',
    promise: 'a lost call is found by its own job',
    profile: 'races',
    file: 'lib/remediation/search-job.ts',
    find: 'rivals: others.some(({ jobId }) => jobId === undefined),',
    replace: 'rivals: false,',
  },
  {
    name: 'jobs that another call owns are adopted too',
    promise: 'a lost call is found by its own job',
    profile: 'races',
    file: 'lib/remediation/search-job.ts',
    find: '({ jobId }) => !owners.some((owner) => owner.jobId === jobId && owner.callId !== call.id),',
    replace: '({ jobId }) => !owners.some((owner) => owner.jobId === jobId && owner.callId === jobId),',
  },
  {
    name: 'what is given back in vain is given back, whoever has taken it since',
    promise: 'a lease is not freed while a job still runs',
    profile: 'races',
    file: 'lib/remediation/release.ts',
    find: 'isFinal.has(target) || Date.parse(takenAt) <= Date.parse(takenBefore);',
    replace: 'isFinal.has(target) || Date.parse(takenAt) > 0;',
  },
  {
    name: 'a stale reading is acted on',
    promise: 'fresh evidence only',
    profile: 'races',
    file: 'lib/remediation/make-call.ts',
    find: 'const isStale = !action.resendable && clock.now() - context.readAtMs > FRESH_MS;',
    replace: 'const isStale = !action.resendable && clock.now() - context.readAtMs > 10 * FRESH_MS;',
  },
];

/** Mistakes in what is not a reset. */
export const actionFaults: readonly Fault[] = [];

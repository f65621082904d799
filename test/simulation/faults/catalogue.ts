import type { Profile } from '../scenario/profiles/profiles.ts';
import { type Change, type ChangedFile, makeChanges } from './anchor.ts';
import { actionFaults, raceFaults } from './catalogue-actions.ts';
import { faultsAlone } from './catalogue-alone.ts';
import { consentFaults } from './catalogue-consent.ts';
import { cornerFaults } from './catalogue-corners.ts';
import { limitFaults } from './catalogue-limits.ts';
import { migrationFaults } from './catalogue-migrations.ts';
import { outsideFaults } from './catalogue-outside.ts';
import { proofFaults } from './catalogue-proof.ts';
import { recoveryFaults } from './catalogue-recovery.ts';
import { snapshotFaults } from './catalogue-snapshots.ts';
import { longFaults, untidyFaults } from './catalogue-untidy.ts';

/** A deliberate mistake in the code, and the promise that it breaks. */
export type Fault = Change & {
  name: string;
  promise: string;
  profile?: Profile;
  /** The tests that fail with it, where worlds seldom or never show it: it is looked for in a few worlds alone. */
  heldBy?: string;
  /** Further changes of the same declaration that belong to it. */
  also?: readonly Pick<Change, 'find' | 'replace'>[];
};

/** The code with the mistake in it. */
export function makeFault({ also = [], ...change }: Fault): ChangedFile[] {
  const { inside, file } = change;
  return makeChanges([
    change,
    ...also.map((more) => ({ inside, ...(file !== undefined && { file }), ...more })),
  ]);
}

/** Mistakes that a programmer might make. The simulation finds each of them. */
export const faults: readonly Fault[] = [
  {
    name: 'a node is taken though another remediation holds it',
    promise: 'one remediation per node at a time',
    inside: 'busyWith',
    find: '$VERDICT.allowed ? undefined : $REFUSED',
    replace: "$VERDICT.allowed || $VERDICT.guard !== '' ? undefined : $REFUSED",
  },
  {
    name: 'a ladder is begun by a history from before a release',
    promise: 'a ladder is begun only so often',
    profile: 'races',
    inside: 'readBefore',
    find: '$POOL_RECORD.releases === $RELEASES_BEFORE',
    replace: '$POOL_RECORD.releases >= $RELEASES_BEFORE',
    heldBy: 'test/capacity/hold-targets.test.ts',
  },
  {
    name: 'the intent is not waited for',
    promise: 'the intent is written before the call',
    inside: 'makeCall',
    find: 'await intendCall($STORE, $ID, $REST)',
    replace: 'true; void intendCall($STORE, $ID, $REST)',
  },
  {
    name: 'a request is sent however long its intent took',
    profile: 'races',
    promise: 'one destructive call, once',
    inside: 'sendOnce',
    find: '$SERVICES.clock.now() > $SEND_BEFORE_MS',
    replace: '$SERVICES.clock.now() > $SEND_BEFORE_MS + 3_600_000',
  },
  {
    name: 'a POST is tried again after any passing failure',
    promise: 'an ambiguous call is never repeated',
    inside: 'retryDelayMs',
    find: "$METHOD === 'GET' ? $FAILURE.transient : $FAILURE.throttled && $FAILURE.outcome === 'refused'",
    replace: '$FAILURE.transient',
  },
  {
    name: 'a 5xx counts as a refusal',
    promise: 'an ambiguous call is never repeated',
    inside: 'rules',
    find: '{ statuses: [500, 599], is: ambiguous, source: $SOURCE }',
    replace: '{ statuses: [500, 599], is: later, source: $SOURCE }',
  },
  {
    name: 'a broken connection counts as one that was never made',
    promise: 'an ambiguous call is never repeated',
    inside: 'readNoAnswer',
    file: 'answer.ts',
    find: "$SENT ? 'unknown' : 'not-sent'",
    replace: "'not-sent' as const",
  },
  {
    name: 'an unreadable answer counts as a refusal',
    promise: 'an ambiguous call is never repeated',
    inside: 'readAnswer',
    file: 'answer.ts',
    find: '...possiblyDone',
    replace: "...possiblyDone, outcome: 'refused'",
  },
  {
    name: 'a call that was begun is given up and made anew',
    promise: 'one destructive call, once',
    inside: 'abandonCall',
    find: "$CALL?.state === 'preparing' ? $BODY : undefined",
    replace: "$CALL?.state === 'preparing' || $CALL?.state === 'calling' ? $BODY : undefined",
  },
  {
    name: 'holds are free again after a minute',
    promise: 'a hold is not freed while a job still runs',
    inside: 'newHold',
    find: 'new Date($DEADLINE_MS + LOST_HOLD_MS).toISOString()',
    replace: 'new Date($NOW + 60_000 + 0 * $DEADLINE_MS).toISOString()',
    given: 'since: new Date($NOW).toISOString()',
  },
  {
    name: 'the node is released at the deadline',
    promise: 'a hold is not freed while a job still runs',
    inside: 'expireCall',
    find: 'if (!isDestructive($CALL.action)) await $BODY;',
    replace: 'await $BODY;',
  },
  {
    name: 'an alert that has resolved is acted on',
    promise: 'fresh evidence only',
    inside: 'alertFiring',
    find: '$RESOLVED.length < $ALERTS.length',
    replace: '$RESOLVED.length <= $ALERTS.length',
  },
  {
    name: 'a resolved alert is forgotten when it is delivered late as firing',
    promise: 'fresh evidence only',
    inside: 'fired',
    find: '$RECEIVED_AT_MS - $BEFORE.closing.receivedAtMs > GOSSIP_MS',
    replace: '$RECEIVED_AT_MS - $BEFORE.closing.receivedAtMs > 0',
  },
  {
    name: 'the age of the evidence is not looked at',
    promise: 'fresh evidence only',
    inside: 'evidenceAge',
    find: 'evidenceEndsMs($REMEDIATION, $ALERTS, $LIMITS, $EVIDENCE_AT)',
    replace: '$EVIDENCE_AT + $LIMITS.maxEvidenceAgeMs * 100',
  },
  {
    name: 'a node that is being checked is touched',
    promise: 'fresh evidence only',
    inside: 'IDLE_PHASES',
    find: "'Abnormal'",
    replace: "'Abnormal', 'Checking'",
  },
  {
    name: 'workloads are not looked for',
    promise: 'fresh evidence only',
    inside: 'noWorkload',
    find: '$LIMITS.interruptWorkloads',
    replace: '$LIMITS.cooldownMs >= 0',
  },
  {
    name: 'the phase that a rule demands is not looked at',
    promise: 'fresh evidence only',
    inside: 'nodePhase',
    find: '!$DEMANDED.includes($PHASE)',
    replace: '$DEMANDED.length > 9',
  },
  {
    name: 'the cooldown is forgotten',
    promise: 'a node is left alone for its cooldown',
    inside: 'cooldown',
    find: '$SINCE_MS >= $COOLDOWN_MS',
    replace: '$SINCE_MS >= 0',
  },
  {
    name: 'an alert from before the last remediation counts',
    promise: 'remediated since the alert began is not touched',
    inside: 'newerThanLastRemediation',
    find: '$BEGAN_AT_MS > Date.parse($REMEDIATED_AT)',
    replace: '$BEGAN_AT_MS > 0',
  },
  {
    name: 'observed commands are carried out',
    promise: 'safe by default',
    inside: 'decide',
    file: 'planning/decide.ts',
    find: "if ($MODE === 'observe') $BODY",
    replace: "if ($MODE === 'observe' && isBegun($REMEDIATION)) $BODY",
    given: 'isBegun($REMEDIATION)',
  },
  {
    name: 'an approval holds for any plan',
    promise: 'an approval is of exactly the recorded plan',
    inside: 'decide',
    file: 'planning/decide.ts',
    find: '$APPROVAL !== undefined && (isBegun($REMEDIATION) || $APPROVAL.hash === $PLAN.hash)',
    replace: '$APPROVAL !== undefined',
  },
  {
    name: 'messages are acknowledged even if they were not processed',
    promise: 'nothing is lost',
    inside: 'createRedelivery',
    find: 'for (const { messageId } of $RECORDS) if (!$DEALT_WITH.has(messageId)) $AGAIN.add(messageId);',
    replace: 'void $DEALT_WITH;',
  },
  {
    name: 'a failed alert is answered as accepted',
    promise: 'nothing is lost',
    inside: 'createIntake',
    find: '!$FAILURE',
    replace: '!$FAILURE || $FAILURE.reason !== undefined',
  },
  {
    name: 'the first poll is not asked for',
    promise: 'nothing is lost',
    inside: 'recordAccepted',
    find: 'await sendFollow($FOLLOW, [followMessage($CALL, $CALL.looks, $DUE_MS)], $CLOCK.now())',
    replace:
      'if ($DUE_MS % 3 === 1) await sendFollow($FOLLOW, [followMessage($CALL, $CALL.looks, $DUE_MS)], $CLOCK.now())',
  },
  {
    name: 'success of the job is success of the node',
    promise: 'a success means that the node is well',
    inside: 'healthOfNode',
    find: "if ($PHASE === 'Abnormal') return { state: 'broken', why: $WHY };",
    replace: "if ($PHASE === 'Abnormal') return { state: 'well', why: $WHY };",
  },
  {
    name: 'a node need not stay well',
    promise: 'a success means that the node is well',
    inside: 'wellFor',
    find: '$VERIFY?.healthyForMs ?? 0',
    replace: '0 * ($VERIFY?.healthyForMs ?? 0)',
  },
  {
    name: 'the clock of being well is not set back by a bad look',
    promise: 'a success means that the node is well',
    profile: 'races',
    inside: 'judgeHealth',
    find: '...(notSeenSince && { notSeenSince })',
    replace:
      '...($BEFORE.healthySince && { healthySince: $BEFORE.healthySince }), ...(notSeenSince && { notSeenSince })',
    given: 'healthOf($_, $BEFORE.notSeenSince, $$$OTHERS)',
  },
  {
    name: 'what is out of service for another reason does not count',
    promise: 'never too many at once',
    inside: 'outWith',
    find: '$UNAVAILABLE.length + $OTHERS.size',
    replace: '$OTHERS.size',
  },
  {
    name: 'what is being worked on does not count',
    promise: 'never too many at once',
    inside: 'outWith',
    find: '[...$HELD, ...$NODES]',
    replace: '[...$NODES]',
  },
  {
    name: 'a share of a small pool is at least one even while fewer than two others are well',
    promise: 'never too many at once',
    inside: 'limitOf',
    find: '$OTHERS >= 2 ? 1 : 0',
    replace: '1',
  },
  {
    name: 'a place is free again after a minute',
    promise: 'never too many at once',
    inside: 'heldByOthers',
    file: 'pool-state.ts',
    find: '$DISRUPTIVE && Date.parse($EXPIRES_AT) > $NOW',
    replace: '$DISRUPTIVE && Date.parse($EXPIRES_AT) > $NOW + 23 * 3_600_000 + 40 * 60_000',
  },
  {
    name: 'the budget of the day is not looked at',
    promise: 'never too many in a day',
    inside: 'withinDailyBudget',
    find: '$NODES <= $LIMIT',
    replace: '$NODES >= 0',
  },
  {
    name: 'what was done is not spent of the day',
    promise: 'never too many in a day',
    inside: 'freeHolds',
    find: 'isUndone($FREED.get($NODE)?.result)',
    replace: '$FREED.has($NODE)',
  },
  {
    name: 'windows are not looked at',
    promise: 'nothing outside of a window',
    inside: 'windowOpen',
    find: '$WINDOW.open',
    replace: "$WINDOW.why !== ''",
  },
  {
    name: 'failure domains are not looked at',
    promise: 'one at a time in a failure domain',
    inside: 'oneInFailureDomain',
    find: '$HELD.domains.length > 0',
    replace: '$HELD.domains.length > 99',
  },
  {
    name: 'no command hears of a free place',
    promise: 'the command whose turn has come is woken',
    inside: 'releaseHolds',
    find: '$WRITTEN && $PLACES > 0',
    replace: '$WRITTEN && $PLACES > 99',
  },
  {
    name: 'a deferred command is deferred again at once',
    promise: 'waiting costs little',
    inside: 'waitListEntry',
    find: 'Math.max($END_MS, $NOW + 1_000)',
    replace: 'Math.max(Math.min($END_MS, $NOW + 20_000), $NOW + 1_000)',
  },
  {
    name: 'a storm is not looked at',
    promise: 'a storm holds everything',
    inside: 'stormAt',
    find: 'Date.parse($STORM.until) > $NOW',
    replace: 'Date.parse($STORM.until) <= 0',
  },
  {
    name: 'after a storm all are taken at once',
    promise: 'a storm holds everything',
    inside: 'isSlowed',
    find: 'Date.parse($STORM.until) + SLOW_AFTER_STORM_MS',
    replace: 'Date.parse($STORM.until) + 0 * SLOW_AFTER_STORM_MS',
  },
  {
    name: 'no notice reports a storm',
    promise: 'people hear of a storm',
    inside: 'untold',
    find: 'const $STORMY = $STORM && !$STORM.told;',
    replace: 'const $STORMY = $STORM && $STORM.told;',
  },
  {
    name: 'each notice of a storm gives it another name',
    promise: 'people hear of a storm',
    inside: 'untold',
    within: "{ $$$BEFORE, incident: 'storm' as const, $$$AFTER }",
    find: 'at: $STORM.since',
    replace: 'at: new Date($NOW).toISOString()',
    given: 'new Date($NOW)',
    heldBy: 'test/capacity/incidents.test.ts',
  },
  {
    name: 'what a ladder does after a notice is not reported',
    promise: 'people hear of a storm',
    inside: 'isNews',
    file: 'report-nodes.ts',
    find: "$ACTION === 'notify'",
    replace: "$ACTION === 'nothing'",
  },
  {
    name: 'a delayed delivery makes evidence older',
    promise: 'evidence is as fresh as its last delivery',
    inside: 'confirmed',
    find: 'Math.max($EPISODE.seenAtMs, $RECEIVED_AT_MS)',
    replace: '$RECEIVED_AT_MS',
  },
  {
    name: 'alerts are not looked at once more before the intent',
    promise: 'alerts are checked last of all',
    inside: 'lastCheck',
    find: 'if ($ALLOWED) { $LEFT.push($MEMBER); continue; }',
    replace: 'if ($ALLOWED || !$ALLOWED) { $LEFT.push($MEMBER); continue; }',
  },
  {
    name: 'an alert that is delivered again is no evidence anew',
    promise: 'evidence is as fresh as its last delivery',
    inside: 'evidenceTime',
    find: '[$APPROVAL?.at, ...$FIRING]',
    replace: '[$APPROVAL?.at, ...$FIRING.slice(0, 0)]',
  },
  {
    name: 'the next rung is called though the one before helped',
    promise: 'the next rung only after one that did not help',
    inside: 'endOrRungFailed',
    find: "$CHANGES.phase !== 'failed'",
    replace: "($CHANGES.phase !== 'failed' && $CHANGES.phase !== 'succeeded')",
  },
  {
    name: 'a ladder ends where its first rung has failed',
    promise: 'a ladder ends with a person',
    inside: 'endOrRungFailed',
    find: '!$PLACE',
    replace: '!$PLACE || $PLACE.rung === 0',
  },
  {
    name: 'rounds are not counted',
    promise: 'a ladder is begun only so often',
    inside: 'boundedRounds',
    find: '$BEGUN.length < $ROUNDS.max',
    replace: '$BEGUN.length < $ROUNDS.max + 99',
  },
  {
    name: 'the handover leaves out the first rung',
    promise: 'a person who takes over hears everything',
    inside: 'receiptOf',
    file: 'escalation-report.ts',
    find: '$RUNGS.map(($RUNG, $INDEX) => $BODY)',
    replace: '$RUNGS.slice(1).map(($RUNG, $INDEX) => $BODY)',
  },
  {
    name: 'what fires anew is well',
    promise: 'a node that fires anew is not well',
    inside: 'judgeHealth',
    find: 'healthOf($SIGHTING, $SINCE, $FIRING_ANEW, $$$TIMES)',
    replace: 'healthOf($SIGHTING, $SINCE, $FIRING_ANEW.slice(0, 0), $$$TIMES)',
  },
  {
    name: 'notices that were lost are not swept up',
    promise: 'every recipient gets its notices',
    inside: 'SWEEPS',
    find: 'forgottenNotices',
    replace: '',
  },
  {
    name: 'no recipient hears of states',
    promise: 'every recipient gets its notices',
    inside: 'withEntry',
    find: '!$WANTED || $SINCE === undefined || $SINCE === $BEFORE',
    replace: '$WANTED || $SINCE === undefined || $SINCE === $BEFORE',
  },
  {
    name: 'a target that did not take a notice counts as told',
    promise: 'every recipient gets its notices',
    inside: 'refuseIfAny',
    find: '$FAILED.length > 0',
    replace: '$FAILED.length > 99',
  },
  {
    name: 'a release frees nothing',
    promise: 'a node that a person releases is free',
    inside: 'release',
    file: 'console/release.ts',
    find: '[$ONE.heldAs, freed($ONE)]',
    replace: '[`${$ONE.heldAs}-`, freed($ONE)]',
  },
  {
    name: 'a node that is left to a person is released',
    promise: 'a remediation handed to a person keeps its nodes',
    inside: 'isNeeded',
    find: "$STATE === 'needs-human'",
    replace: "$STATE === 'deferred'",
  },
  ...raceFaults,
  ...actionFaults,
  ...untidyFaults,
  ...cornerFaults,
  ...longFaults,
  ...recoveryFaults,
  ...consentFaults,
  ...limitFaults,
  ...proofFaults,
  ...migrationFaults,
  ...outsideFaults,
  ...snapshotFaults,
  ...faultsAlone,
];

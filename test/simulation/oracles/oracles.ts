import type { Run } from '../run.ts';
import { actionOracles } from './actions/actions.ts';
import { deadlinesHold } from './calls/deadlines.ts';
import { cameUp, lastingNo } from './calls/endings.ts';
import { explained, keptSecret, noBug, trulyWell } from './calls/honesty.ts';
import {
  heldFirst,
  holdOutlivesJob,
  intentFirst,
  lostIsFound,
  neverAgain,
  oncePerRemediation,
  oneJobPerNode,
  oneNodePerName,
  ownJobs,
} from './calls/one-call.ts';
import { asDocumented } from './calls/pages.ts';
import {
  buriedIsLeftToAPerson,
  firstErrorKept,
  followedOnce,
  followedToTheEnd,
  foundWhereListed,
  givenBackAtOnce,
  lookedAtAgain,
  neighboursUnharmed,
  seenAsItIs,
  sentWhenOpened,
  soonLookedFor,
  takenUpAgain,
} from './calls/recovery.ts';
import { nothingLeftBehind, onlyWhatRests, patient, sweptIsSent } from './calls/recovery-sweep.ts';
import { onlyWhatRolesAllow } from './calls/roles.ts';
import { consented } from './consent/consent.ts';
import { consentOracles } from './consent/consent-all.ts';
import {
  freshEvidence,
  freshNodes,
  leftAlone,
  lookedAtLast,
  refreshed,
  stillFiring,
} from './consent/evidence.ts';
import { boundedRounds, handedOver, notFiringAnew, oneChain, onlyAfterFailure } from './endings/ladders.ts';
import { alertsAnswered, atRest, ended, holdsEnd, messagesAnswered } from './endings/nothing-lost.ts';
import { receiptsAreWhole, receiptsOnce } from './endings/receipts.ts';
import { noSilence } from './endings/silence.ts';
import { inOneMessage, lettersExplained, nothingMadeUp, recipientsHear, rungsTold } from './endings/told.ts';
import { receivedIsTraced } from './endings/traces.ts';
import {
  keptForPerson,
  nothingHeldForLong,
  releasedIsFree,
  releasedWithHistory,
  turnsAreTaken,
  wakingIsBounded,
} from './limits/holds.ts';
import { oneInDomain, withinBudget, withinDay } from './limits/limits.ts';
import { limitOracles } from './limits/oracles.ts';
import { maintenanceOracles } from './maintenance/maintenance.ts';
import { senderOracles } from './senders/senders.ts';
import { subscriptionOracles } from './senders/subscriptions.ts';
import { snapshotOracles } from './snapshots/snapshots.ts';

export type Finding = { what: string; atMs?: number };

/** One promise each, judged by the true course of the run. None of them asks the product's own code. */
export const oracles: Record<string, (run: Run) => Iterable<Finding>> = {
  ...actionOracles,
  ...consentOracles,
  ...limitOracles,
  ...maintenanceOracles,
  ...senderOracles,
  ...snapshotOracles,
  ...subscriptionOracles,
  'every request is as its page describes it': asDocumented,
  'everything comes to rest': atRest,
  'every remediation ends': ended,
  'every accepted alert has one outcome': alertsAnswered,
  'everything received leaves a trace': receivedIsTraced,
  'every message has an outcome': messagesAnswered,
  'holds end with their remediation': holdsEnd,
  'the intent is written before the call': intentFirst,
  'a call is never sent again': neverAgain,
  'one destructive call for a remediation': oncePerRemediation,
  'one job at a time for a node': oneJobPerNode,
  'a call holds its nodes': heldFirst,
  'a hold outlives the job': holdOutlivesJob,
  'an address stands for one node': oneNodePerName,
  'a job belongs to the call that started it': ownJobs,
  'a lost call is found, or handed to a person': lostIsFound,
  'only nodes that may be touched are touched': freshNodes,
  'an alert that is over is no reason': stillFiring,
  'alerts are checked last of all': lookedAtLast,
  'a repeated alert is new evidence': refreshed,
  'old evidence is no reason': freshEvidence,
  'a node is left alone after a remediation': leftAlone,
  'nothing is done without consent': consented,
  'a success means that the node is well': trulyWell,
  'a node that comes up in time has not failed': cameUp,
  'a request that was refused for good is not sent again': lastingNo,
  'the ledger explains every request': explained,
  'receipts are only ever added': receiptsAreWhole,
  'a receipt is there once': receiptsOnce,
  'no call is followed past its deadline': deadlinesHold,
  'never too many at once': withinBudget,
  'never too many in a day': withinDay,
  'one at a time in a failure domain': oneInDomain,
  'a ladder is one chain, and ends': oneChain,
  'a person who takes over hears everything': handedOver,
  'the next rung only after one that did not help': onlyAfterFailure,
  'a ladder is begun only so often': boundedRounds,
  'a node that fires anew is not well': notFiringAnew,
  'the history has a call before the next hold begins': releasedWithHistory,
  'no node is held for an ended remediation': nothingHeldForLong,
  'a remediation handed to a person keeps its nodes': keptForPerson,
  'a node that a person releases is free': releasedIsFree,
  'the command whose turn has come is woken': turnsAreTaken,
  'waiting costs little': wakingIsBounded,
  'recipients get every notice that they want': recipientsHear,
  'every notice is true': nothingMadeUp,
  'a notice is in one message alone': inOneMessage,
  'rungs tell people': rungsTold,
  'no dead letter is silent': lettersExplained,
  'a call is followed until its job is over': followedToTheEnd,
  'the job of a lost call is found where it is listed': foundWhereListed,
  'a job is seen as it is': seenAsItIs,
  'a remediation that is opened is sent': sentWhenOpened,
  'a dead letter keeps its first error': firstErrorKept,
  'a bad message harms no other': neighboursUnharmed,
  'each poll is asked for once': followedOnce,
  'an undecided command that is buried goes to a person': buriedIsLeftToAPerson,
  'a job that goes on is followed again': takenUpAgain,
  'an unknown outcome is soon looked for': soonLookedFor,
  'a message that a sweep records as sent is sent': sweptIsSent,
  'each poll asks for the next one': lookedAtAgain,
  'a remediation that ends releases its nodes': givenBackAtOnce,
  'a sweep hands only stuck commands to a person': patient,
  'nothing half done is left behind': nothingLeftBehind,
  'the sweep leaves work in progress alone': onlyWhatRests,
  'secrets are kept': keptSecret,
  'a function asks only what its role allows': onlyWhatRolesAllow,
  'no code breaks': noBug,
  'no firing alert ends in silence': noSilence,
};

import type { Run } from '../run.ts';
import { actionOracles } from './actions.ts';
import { consented } from './consent.ts';
import { freshEvidence, freshNodes, leftAlone, stillFiring } from './evidence.ts';
import { deadlinesHold, explained, keptSecret, noBug, trulyWell } from './honesty.ts';
import { alertsAnswered, atRest, ended, leasesEnd, messagesAnswered } from './nothing-lost.ts';
import {
  intentFirst,
  leasedFirst,
  leaseOutlivesJob,
  lostIsFound,
  neverAgain,
  oncePerRemediation,
  oneJobPerNode,
  ownJobs,
} from './one-call.ts';

export type Finding = { what: string; atMs?: number };

/** One promise each, judged from what really happened. None of them asks the product's own code. */
export const oracles: Record<string, (run: Run) => Iterable<Finding>> = {
  ...actionOracles,
  'everything comes to rest': atRest,
  'every remediation ends': ended,
  'every accepted alert has one outcome': alertsAnswered,
  'every message has an outcome': messagesAnswered,
  'leases end with their remediation': leasesEnd,
  'the intent is written before the call': intentFirst,
  'a call is never sent again': neverAgain,
  'one destructive call for a remediation': oncePerRemediation,
  'one job at a time for a node': oneJobPerNode,
  'a call holds the leases of its nodes': leasedFirst,
  'a lease outlives the job': leaseOutlivesJob,
  'a job belongs to the call that started it': ownJobs,
  'what a lost call did is found, or told to a person': lostIsFound,
  'only nodes that may be touched are': freshNodes,
  'an alert that is over is no reason': stillFiring,
  'old evidence is no reason': freshEvidence,
  'a node is left alone after a remediation': leftAlone,
  'nothing is done without consent': consented,
  'success is said only of what is well': trulyWell,
  'the ledger explains every request': explained,
  'nothing is followed for ever': deadlinesHold,
  'secrets are kept': keptSecret,
  'no code breaks': noBug,
};

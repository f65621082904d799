import type { Fault } from './catalogue.ts';

/** Mistakes that show only where other worlds seldom come. */
const corners: readonly Omit<Fault, 'profile'>[] = [
  {
    name: 'an address that belonged to no node stands for a node that bears it later',
    promise: 'an address stands for one node',
    inside: 'findTarget',
    find: "$OUTCOME?.state === 'waiting'",
    replace: '$OUTCOME !== undefined',
    heldBy: 'test/remediation/execution/addresses.test.ts',
  },
  {
    name: 'an address that one reading hides after a call stands for a node that bears it later',
    promise: 'an address stands for one node',
    inside: 'resolvedBy',
    find: '$KNOWN && $INTENDED !== undefined',
    replace: 'false',
    heldBy: 'test/remediation/execution/addresses.test.ts',
  },
  {
    name: 'what a call was prepared for and never made for stays in work',
    promise: 'no code breaks',
    inside: 'withoutUnsent',
    find: "$STATE !== 'running'",
    replace: 'true',
    heldBy: 'test/remediation/execution/addresses.test.ts',
  },
  {
    name: 'what the API hides of a node pool is as it should be',
    promise: 'a change has succeeded when it has come about',
    inside: 'verifyNodePool',
    find: 'if ($UNSEEN !== undefined) return $UNKNOWN;',
    replace: '',
    heldBy: 'test/actions/node-pools/verify-node-pool.test.ts',
  },
  {
    name: 'a notice after a resolution that is only observed is left to be explained',
    promise: 'a message that a sweep records as sent is sent',
    inside: 'openingOf',
    file: 'on-resolved.ts',
    find: "{ phase: 'observed', why: $WHY, judged: 'mode' }",
    replace: "{ phase: 'observed', why: $WHY }",
    heldBy: 'test/remediation/escalation/on-resolved.test.ts',
  },
];

export const cornerFaults: readonly Fault[] = corners.map((fault) => ({ ...fault, profile: 'corners' }));

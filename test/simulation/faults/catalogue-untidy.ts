import type { Fault } from './catalogue.ts';

/** Mistakes about what is odd: answers, addresses, clocks, deliveries. */
export const untidyFaults: readonly Fault[] = [
  {
    name: 'an answer without a list is an empty list',
    promise: 'only nodes that may be touched are',
    profile: 'untidy',
    inside: 'itemsOf',
    file: 'listing.ts',
    find: '$CONTEXT.addIssue($ISSUE);',
    replace: 'return { items: [], unreadable: [] };',
    also: [{ find: 'return z.NEVER;', replace: '' }],
  },
  {
    name: 'how many there are is not compared with how many came',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    inside: 'readByOffset',
    find: 'if ($PAGE.count === undefined ? $IS_SHORT : $IS_COUNTED) return $BODY;',
    replace: 'if ($IS_SHORT || $IS_COUNTED) return $BODY;',
    heldBy: 'test/modelarts/read.test.ts',
  },
  {
    name: 'workloads that the API refuses to list are none',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    inside: 'readWorkloads',
    file: 'pool-reader.ts',
    find: 'return undefined;',
    replace: 'return { items: [], unreadable: [] };',
  },
  {
    name: 'a workload runs on the first of its hosts alone',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    inside: 'HostIps',
    find: '$TEXT.split($BY).filter(Boolean)',
    replace: '$TEXT.split($BY).filter(Boolean).slice(0, 1)',
  },
  {
    name: 'an address stands for the last node that bears it',
    profile: 'untidy',
    promise: 'a call is for the node that was named',
    inside: 'namedNode',
    find: '[...new Map($FOUND.map(($NODE) => [$NODE.name, $NODE])).values()]',
    replace: '[...new Map($FOUND.map(($NODE) => [$NODE.name, $NODE])).values()].slice(-1)',
  },
  {
    name: 'a resolution that names another beginning is not heard',
    profile: 'untidy',
    promise: 'an alert that is over is no reason',
    inside: 'claimsToEnd',
    find: '$BODY || $STARTS_AT_MS <= $ENDS_AT_MS',
    replace: '$BODY',
  },
  {
    name: 'what fires again with the same beginning is over for ever',
    profile: 'untidy',
    promise: 'no firing alert ends in silence',
    inside: 'fired',
    find: '$BEFORE && !$IS_AFTERWARDS',
    replace: '$BEFORE',
    heldBy: 'test/alerts/episode.test.ts',
  },
  {
    name: "what a sender's fast clock says counts as anew",
    profile: 'untidy',
    promise: 'what is odd adds no destructive call',
    inside: 'readFiringAnew',
    find: 'referencesOf($ALERT, $SINCE_MS).filter(($REFERENCE) => !$OWN.has(episodeName($REFERENCE)))',
    replace:
      '$OWN.size === 0 ? referencesOf($ALERT, $SINCE_MS) : $ALERT.episodes.filter((one) => isOpen(one) && one.startsAtMs > $SINCE_MS).map((one) => ({ fingerprint: $ALERT.fingerprint, startsAt: new Date(one.startsAtMs).toISOString() }))',
  },
  {
    name: 'one alert that cannot be read spoils its notification',
    profile: 'untidy',
    promise: 'every accepted alert has one outcome',
    inside: 'readAlertmanager',
    find: 'AlertmanagerAlert.safeParse($SENT)',
    replace: '{ success: true as const, data: AlertmanagerAlert.parse($SENT), error: undefined as never }',
  },
];

/** Mistakes in what takes a day, and in what only a sweep finishes. */
export const longFaults: readonly Fault[] = [
  {
    name: 'what a removed rule has asked for is carried out',
    profile: 'long',
    promise: 'nothing is done without consent',
    inside: 'effectiveMode',
    find: '$NAME !== undefined && !$RULE && ($ALERTS.length > 0 || $RESOLUTION)',
    replace: '$NAME === undefined && !$RULE && ($ALERTS.length > 0 || $RESOLUTION)',
  },
  {
    name: "a plan's day begins anew with each write",
    profile: 'long',
    promise: 'a plan holds for a day',
    inside: 'isExpired',
    find: '$PLAN?.at ?? $UPDATED_AT',
    replace: '$PLAN ? $UPDATED_AT : $UPDATED_AT',
    heldBy: 'test/sweep/sweep.test.ts',
  },
  {
    name: 'an incident counts as told before anybody is',
    profile: 'long',
    promise: 'people are told of a storm',
    inside: 'tellIncidents',
    find: 'for (const $INCIDENT of $INCIDENTS) await $BODY;',
    replace:
      'await using _later = { [Symbol.asyncDispose]: async () => { for (const $INCIDENT of $INCIDENTS) await $BODY; } };',
  },
  {
    name: 'a place that a sweep frees is not counted for the day',
    promise: 'never too many in a day',
    profile: 'long',
    inside: 'isUndone',
    file: 'holds.ts',
    find: "$RESULT === 'uncalled' || $RESULT === 'refused'",
    replace: "$RESULT === 'uncalled' || $RESULT === 'refused' || $RESULT === 'released'",
    heldBy: 'test/sweep/sweep.test.ts',
  },
  {
    name: 'a command that calls itself a schedule is bound to no window',
    promise: 'nothing is done outside of a window',
    profile: 'long',
    inside: 'windowOpen',
    find: '({ window, remediation: { scheduledBy } }) => $BODY',
    replace: '({ window, remediation: { reason } }) => $BODY',
    also: [
      {
        find: 'scheduledBy !== undefined',
        replace: "reason?.['source'] === 'schedule'",
      },
    ],
  },
];

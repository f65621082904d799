import type { Fault } from './catalogue.ts';

/** Mistakes about what is odd: answers, addresses, clocks, deliveries. */
export const untidyFaults: readonly Fault[] = [
  {
    name: 'an answer without a list is an empty list',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    file: 'lib/modelarts/replies/listing.ts',
    find: "    context.addIssue({ code: 'custom', message: `must be a list, and is ${what}` });\n    return z.NEVER;",
    replace: '    return { items: [], unreadable: [] };',
  },
  {
    name: 'how many there are is not compared with how many came',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    file: 'lib/modelarts/read.ts',
    find: 'if (page.count === undefined ? isShort : isCounted) return { items, unreadable };',
    replace: 'if (isShort || isCounted) return { items, unreadable };',
  },
  {
    name: 'workloads that the API refuses to list are none',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    file: 'lib/modelarts/pool-reading.ts',
    find: 'if (refusedForGood && error.status !== 401) return undefined;',
    replace: 'if (refusedForGood && error.status !== 401) return { items: [], unreadable: [] };',
  },
  {
    name: 'a workload runs on the first of its hosts alone',
    profile: 'untidy',
    promise: 'only nodes that may be touched are',
    file: 'lib/modelarts/replies/workload.ts',
    find: 'texts.flatMap((text) => text.split(/[\\s,;]+/).filter(Boolean)),',
    replace: 'texts.flatMap((text) => text.split(/[\\s,;]+/).filter(Boolean).slice(0, 1)),',
  },
  {
    name: 'an address stands for the last node that bears it',
    profile: 'untidy',
    promise: 'a call is for the node that was named',
    file: 'lib/modelarts/named-node.ts',
    find: 'const bearers = [...new Map(found.map((node) => [node.name, node])).values()];',
    replace: 'const bearers = [...new Map(found.map((node) => [node.name, node])).values()].slice(-1);',
  },
  {
    name: 'a resolution that names another beginning is not heard',
    profile: 'untidy',
    promise: 'an alert that is over is no reason',
    file: 'lib/alerts/episode.ts',
    find: 'return resolution.startsAtMs === startsAtMs || startsAtMs <= endsAtMs;',
    replace: 'return resolution.startsAtMs === startsAtMs;',
  },
  {
    name: 'what fires again with the same beginning is over for ever',
    profile: 'untidy',
    promise: 'no firing alert ends in silence',
    file: 'lib/alerts/episode.ts',
    find: 'if (before && !isAfterwards) {',
    replace: 'if (before) {',
  },
  {
    name: "what a sender's fast clock says counts as anew",
    profile: 'untidy',
    promise: 'what is odd adds no destructive call',
    file: 'lib/remediation/firing-anew.ts',
    find: 'referencesOf(alert, sinceMs).filter((reference) => !own.has(nameOf(reference))),',
    replace:
      'own.size === 0 ? referencesOf(alert, sinceMs) : alert.episodes.filter((one) => isOpen(one) && one.startsAtMs > sinceMs).map((one) => ({ fingerprint: alert.fingerprint, startsAt: new Date(one.startsAtMs).toISOString() })),',
  },
  {
    name: 'one alert that cannot be read spoils its notification',
    profile: 'untidy',
    promise: 'every accepted alert has one outcome',
    file: 'lib/decision/alertmanager-alerts.ts',
    find: 'const parsed = AlertmanagerAlert.safeParse(sent);',
    replace:
      'const parsed = { success: true as const, data: AlertmanagerAlert.parse(sent), error: undefined as never };',
  },
];

/** Mistakes in what takes a day, and in what only a sweep finishes. */
export const longFaults: readonly Fault[] = [
  {
    name: 'what a removed rule has asked for is carried out',
    profile: 'long',
    promise: 'nothing is done without consent',
    file: 'lib/remediation/limits.ts',
    find: 'if (name !== undefined && !rule && (alerts.length > 0 || resolution)) {',
    replace: 'if (name === undefined && !rule && (alerts.length > 0 || resolution)) {',
  },
  {
    name: "a plan's day begins anew with each write",
    profile: 'long',
    promise: 'a plan holds for a day',
    file: 'lib/remediation/plan-expiry.ts',
    find: 'return now - Date.parse(plan?.at ?? updatedAt) > PLAN_VALID_MS;',
    replace: 'return now - Date.parse(plan ? updatedAt : updatedAt) > PLAN_VALID_MS;',
  },
  {
    name: 'an incident counts as told before anybody is',
    profile: 'long',
    promise: 'people are told of a storm',
    file: 'lib/remediation/incidents.ts',
    find: '  for (const incident of incidents) await sendNotice(incident, { notices });\n',
    replace:
      '  await using _later = { [Symbol.asyncDispose]: async () => { for (const incident of incidents) await sendNotice(incident, { notices }); } };\n',
  },
  {
    name: 'a place that a sweep frees is not counted for the day',
    profile: 'long',
    promise: 'never too many in a day',
    file: 'lib/sweep/forgotten-places.ts',
    find: '      held: Object.fromEntries(kept),\n',
    replace:
      '      held: Object.fromEntries(kept),\n      spent: current.spent.filter(({ node }) => !forgotten.has(node)),\n',
  },
  {
    name: 'a command that calls itself a schedule is bound to no window',
    profile: 'long',
    promise: 'nothing is done outside of a window',
    file: 'lib/guards/window.ts',
    find: "({ window, remediation: { receipts } }) => {\n  const guard = 'window';\n  // What a command itself says of its reason is anybody's word.\n  const isScheduled = receipts.some(({ step, schedule }) => step === 'event' && schedule !== undefined);",
    replace:
      "({ window, remediation: { receipts, reason } }) => {\n  const guard = 'window';\n  const isScheduled = receipts.length > 0 && reason?.['source'] === 'schedule';",
  },
];

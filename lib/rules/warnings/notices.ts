import { asUrl } from '../notify-url.ts';
import type { Mode, NotifyKind, Rules } from '../rules.ts';
import type { RemediationState } from '../state.ts';
import { actionsOf, mayNeedApproval } from './ladder-facts.ts';
import { type Check, type CheckedFile, type Found, listed } from './warning.ts';

/** The entries of a file that do something by themselves, each with its mode and the path of that. */
type Doer = { name: string; mode: Mode; path: PropertyKey[]; needsApproval: boolean };

/** Outcomes that no recipient hears, and recipients that hear nothing. */
export const notices: Check = (file) => {
  const { rules } = file;
  const doers = doersOf(file);
  const acting = doers.filter(({ mode }) => mode !== 'observe');
  if (rules.notify.length === 0) return nobodyHears(acting, file);
  return [
    ...openSecrets(rules),
    ...(acting.length > 0 ? [...approvalUnheard(acting, rules), ...troubleUnheard(acting, rules)] : []),
    ...(doers.length > 0 ? unusedRecipients(doers, rules) : []),
    ...repeatedRecipients(rules),
  ];
};

function doersOf({ rules: { rules, schedules, tagPolicies }, ownRules, written }: CheckedFile): Doer[] {
  const ofRules = rules.map((rule, index) => {
    const rungs = actionsOf(rule).map(({ rung }) => rung);
    return {
      name: `rule ${rule.name}`,
      mode: rungs.length > 0 ? rule.mode : ('observe' as const),
      path: index < ownRules ? ['rules', index, 'mode'] : placeOfPack(written),
      needsApproval:
        rule.mode === 'approve' || rungs.some((rung) => rung.mode === 'approve' || mayNeedApproval(rung)),
    };
  });
  const ofSchedules = schedules.map((schedule, index) => ({
    name: `schedule ${schedule.name}`,
    mode: schedule.mode,
    path: ['schedules', index, 'mode'],
    needsApproval: schedule.mode === 'approve' || mayNeedApproval(schedule),
  }));
  const ofPolicies = tagPolicies.map((policy, index) => ({
    name: `tag policy ${policy.name}`,
    mode: policy.mode,
    path: ['tagPolicies', index, 'mode'],
    needsApproval: policy.mode === 'approve',
  }));
  return [...ofRules, ...ofSchedules, ...ofPolicies];
}

function placeOfPack(written: unknown): PropertyKey[] {
  const { pack } = Object(written);
  return 'mode' in Object(pack) ? ['pack', 'mode'] : ['extends'];
}

function nobodyHears(acting: readonly Doer[], { rules: { rules }, ownRules }: CheckedFile): Found[] {
  const [first, ...others] = acting;
  const noticeAt = rules.findIndex(
    ({ mode, ladder }) => mode !== 'observe' && ladder.some(({ action }) => action === 'notify'),
  );
  const rule = rules[noticeAt];
  if (!first) {
    if (!rule) return [];
    const reason = `rule ${rule.name} sends notices, and the file has no recipient, so no person hears them: add one under notify`;
    const path = noticeAt < ownRules ? ['rules', noticeAt, 'ladder'] : ['extends'];
    return [{ code: 'no-recipient', path, reason }];
  }
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const verb = first.mode === 'act' ? 'acts' : 'waits for approvals';
  const reason = `${first.name}${more} ${others.length > 0 ? 'act by themselves' : verb}, and the file has no recipient of notices: no person hears of a failure, of a plan that waits, or of a node that needs a person. Add one under notify`;
  return [{ code: 'no-recipient', path: first.path, reason }];
}

function hears({ notify }: Rules, state: RemediationState): boolean {
  return notify.some(({ when }) => when.includes(state));
}

function approvalUnheard(acting: readonly Doer[], rules: Rules): Found[] {
  const waiting = acting.filter(({ needsApproval }) => needsApproval);
  const [first] = waiting;
  if (!first || hears(rules, 'awaiting-approval')) return [];
  const names = listed(waiting.map(({ name }) => name));
  const reason = `plans of ${names} may wait for an approval, and no recipient gets awaiting-approval: a plan expires unheard. Add awaiting-approval to the when of a recipient`;
  return [{ code: 'approval-unheard', path: ['notify'], reason }];
}

function troubleUnheard(acting: readonly Doer[], rules: Rules): Found[] {
  if (hears(rules, 'needs-human')) return [];
  const reason = `no recipient gets needs-human, the state of each case that Poolkeeper gives to a person, and with it incidents such as a storm: ${listed(acting.map(({ name }) => name))} can end so. Add needs-human to the when of a recipient`;
  return [{ code: 'trouble-unheard', path: ['notify'], reason }];
}

/** The states that no command of this file can enter. */
function unusedRecipients(doers: readonly Doer[], { notify, rules }: Rules): Found[] {
  const isObserving = doers.some(({ mode }) => mode === 'observe');
  const isActing = doers.some(({ mode }) => mode !== 'observe');
  const needsApproval = doers.some((doer) => doer.mode !== 'observe' && doer.needsApproval);
  const sendsNotices = rules.some(({ ladder, onResolved = [] }) =>
    [...ladder, ...onResolved].some(({ action }) => action === 'notify'),
  );
  const isPossible = (state: RemediationState): boolean => {
    if (state === 'observed') return isObserving;
    if (state === 'awaiting-approval' || state === 'rejected') return needsApproval;
    // People's commands, and incidents.
    return state === 'needs-human' || isActing;
  };
  // A recipient hears the notices of every ladder.
  if (sendsNotices) return [];
  return notify.flatMap(({ when }, index): Found[] => {
    if (when.some(isPossible)) return [];
    const reason = `no rule, schedule or policy of this file brings a remediation into the state ${listed(when)}: only commands of people could, so this recipient hears nothing. Add states, or remove it`;
    return [{ code: 'unused-recipient', path: ['notify', index, 'when'], reason }];
  });
}

function repeatedRecipients({ notify }: Rules): Found[] {
  const seen = new Map<string, number>();
  return notify.flatMap(({ kind, url }, index): Found[] => {
    const name = JSON.stringify([kind, url]);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    if (first === undefined) return [];
    const reason = `has the same address as notify[${first}]: it is one recipient, with the states of both. Join the entries`;
    return [{ code: 'duplicate-recipient', path: ['notify', index], reason }];
  });
}

/** Their addresses are no secrets: a key of their own stands in the request. */
const WITH_SIGNED_REQUESTS: readonly NotifyKind[] = ['smn', 'sns', 'pagerduty'];

/** The names under which receivers take a key in the query of a URL. */
const KEY_NAMES = /^(access_?token|token|api_?key|key|secret|sig|sign|code)$/i;
const SHORTEST_KEY = 8;

/** A part of a path that no person has chosen: a token of Slack, Feishu or Teams. */
const TOKEN = /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i;

/** Secrets that stand in the file itself. The reason does not repeat them. */
function openSecrets({ notify }: Rules): Found[] {
  return notify.flatMap(({ kind, url: text = '' }, index): Found[] => {
    if (WITH_SIGNED_REQUESTS.includes(kind)) return [];
    const url = asUrl(text);
    const part = url && secretPartOf(url);
    if (part === undefined) return [];
    const reason = `its ${part} looks like a secret, and the rules file lies in a repository and becomes a part of the functions. Write \${secret:NAME} in its place, or for the whole URL, and keep the value where docs/rules/reference.md says under Secrets`;
    return [{ code: 'secret-in-url', path: ['notify', index, 'url'], reason }];
  });
}

function secretPartOf({ password, searchParams, pathname }: URL): string | undefined {
  if (password.length > 1) return 'password';
  const key = [...searchParams].find(([name, value]) => KEY_NAMES.test(name) && value.length >= SHORTEST_KEY);
  if (key) return `parameter ${key[0]}`;
  return pathname.split('/').some((part) => TOKEN.test(part)) ? 'path' : undefined;
}

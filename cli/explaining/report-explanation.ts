import { describeUnmet, type RuleAnswer } from '#lib/alerts/explain';
import { spanText } from '#lib/sentences/time';
import type { Screen, Tone } from '#local/screen/screen';
import type { Explained, ShownRung } from './explanation.ts';
import type { GuardAnswer } from './guard-verdicts.ts';

/** One alert as JSON. docs/rules/explain.md describes each field. */
export function asJson({ explanation, ladder, guards, sighting, stateFrom }: Explained) {
  const { alert, rules, nodeBy, poolBy } = explanation;
  const { fingerprint, source, status, severity, event, state, labels, annotations } = alert;
  const shown = {
    fingerprint,
    source,
    status,
    ...(severity !== undefined && { severity }),
    ...(event !== undefined && { event }),
    ...(state && { state }),
    labels,
    annotations,
  };
  if (!('finding' in explanation))
    return {
      alert: shown,
      ...(explanation.rule && { rule: explanation.rule.name }),
      ignored: explanation.ignored,
      rules,
    };
  const { rule, pool } = explanation.finding;
  return {
    alert: shown,
    rule: rule.name,
    mode: rule.mode,
    pool: { name: pool.name, id: pool.id, ...(poolBy && { by: poolBy }) },
    node: {
      ...(nodeBy && { by: nodeBy }),
      ...(sighting?.node !== undefined && { name: sighting.node }),
      ...(sighting && { why: sighting.why }),
    },
    rules,
    ladder,
    guards,
    ...(stateFrom !== undefined && { stateFrom }),
  };
}

const TONES: Readonly<Record<GuardAnswer['answer'], Tone>> = {
  allows: 'good',
  waits: 'notable',
  refuses: 'bad',
  'hands-over': 'bad',
  unknown: 'dim',
};

const MAX_LABELS = 12;

/** One alert for people. */
export function reportExplanation(explained: Explained, screen: Screen): void {
  const { explanation, ladder, guards, stateFrom } = explained;
  const { alert, rules } = explanation;
  const labels = Object.entries(alert.labels)
    .slice(0, MAX_LABELS)
    .map(([name, value]) => `${name}=${value}`);
  const facts = [
    ...(alert.severity === undefined ? [] : [`severity ${alert.severity}`]),
    ...(alert.event === undefined ? [] : [`event ${alert.event}`]),
    ...(alert.state ? [`state ${alert.state}`] : []),
  ];
  screen.columns(
    `${screen.paint('strong', 'Alert')}  `,
    `${alert.fingerprint} of ${alert.source}, ${[alert.status, ...facts].join(', ')}`,
  );
  screen.columns('       ', labels.join('  '), 'dim');
  screen.line();
  if ('finding' in explanation) reportFinding(explained, explanation.finding, screen);
  else screen.columns(`${screen.paint('bad', 'Ignored')}  `, explanation.ignored);
  reportOthers(rules, screen);
  if (!('finding' in explanation) || guards.length === 0) return;
  screen.line();
  const on = stateFrom === undefined ? 'without the state of the pool' : `on the state of ${stateFrom}`;
  screen.line(screen.paint('strong', `The guards of ${ladder[0]?.action} now, ${on}`));
  const known = guards.filter(({ answer }) => answer !== 'unknown');
  const width = Math.max(...known.map(({ guard }) => guard.length));
  for (const { guard, answer, why } of known)
    screen.columns(`  ${screen.paint(TONES[answer], answer.padEnd(10))}  ${guard.padEnd(width)}  `, why);
  const unknown = Map.groupBy(
    guards.filter(({ answer }) => answer === 'unknown'),
    ({ why }) => why,
  );
  for (const [why, alike] of unknown)
    screen.columns(
      `  ${screen.paint(TONES.unknown, 'not known ')}  `,
      `${alike.map(({ guard }) => guard).join(', ')}: ${why}`,
    );
}

type Finding = Extract<Explained['explanation'], { finding: unknown }>['finding'];

function reportFinding(
  { explanation, ladder, sighting }: Explained,
  { rule, pool }: Finding,
  screen: Screen,
): void {
  const { nodeBy, poolBy } = explanation;
  screen.line(`${screen.paint('good', 'Rule')} ${rule.name} takes it.`);
  const poolFrom = poolBy ? `from ${poolBy.field} = ${poolBy.value}` : 'named by the rule';
  screen.columns('  pool    ', `${pool.name} (${pool.id}), ${poolFrom}`);
  screen.columns(
    '  node    ',
    `${nodeBy?.value ?? ''}, from ${nodeBy?.field ?? ''}${sighting ? `: ${sighting.why}` : ''}`,
  );
  screen.columns(
    '  mode    ',
    `${rule.mode}${rule.mode === 'observe' ? ': it records the call, and does not make it' : ''}`,
  );
  for (const rung of ladder) screen.columns(`  rung ${rung.rung}  `, describeRung(rung, rule.mode));
  if (explanation.alert.status === 'resolved')
    screen.columns('  ', 'The alert has resolved: it begins nothing, and ends what it began.');
}

function describeRung({ action, mode, request, verify }: ShownRung, modeOfRule: string): string {
  const own = mode === modeOfRule ? '' : ` (${mode})`;
  const call = request ? `: ${request.method} ${request.path} ${JSON.stringify(request.body)}` : '';
  const more = request?.incomplete ? '; the call adds the facts that the API shows then' : '';
  const check = verify
    ? `; then the node must be well for ${spanText(verify.healthyForMs)} within ${spanText(verify.withinMs)}`
    : '';
  return `${action}${own}${call}${more}${check}`;
}

function reportOthers(rules: readonly RuleAnswer[], screen: Screen): void {
  const others = rules.filter(({ answer }) => answer !== 'takes');
  if (others.length === 0) return;
  screen.line();
  screen.line(screen.paint('strong', 'The other rules, in the order of the file'));
  const width = Math.min(30, Math.max(...others.map(({ rule }) => rule.length)));
  for (const other of others) {
    const why =
      other.answer === 'unmet'
        ? other.unmet.map(describeUnmet).join('; and ')
        : 'matches as well, but an earlier rule takes the alert';
    screen.columns(`  ${other.rule.padEnd(width)}  `, why);
  }
}

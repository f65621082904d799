import { traitsOf } from '#lib/actions/traits';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { refusalsIn } from '#lib/sentences/guards';
import { reportOf } from '#lib/sentences/report';
import { clockIn, spanText } from '#lib/sentences/time';
import type { Screen } from '#local/screen/screen';
import type { Failure, TestOutcome } from './run-test.ts';

/** Limit of the stories under one failed test. */
const MOST_STORIES = 5;

/** Writes the outcome of a test: one line, and for a failure the difference and the events in order. */
export function showOutcome(outcome: TestOutcome, fileName: string, rules: Rules, screen: Screen): void {
  const { name, line, failures, remediations, ignored } = outcome;
  if (failures.length === 0) {
    screen.line(`${screen.paint('good', 'ok  ')}  ${name}`);
    return;
  }
  screen.line(
    `${screen.paint('bad', 'FAIL')}  ${screen.paint('strong', name)}  ${screen.paint('dim', `${fileName}:${line}`)}`,
  );
  for (const failure of failures) showFailure(failure, fileName, screen);
  screen.line();
  if (remediations.length === 0) screen.line('      There was no remediation.');
  for (const { alert, why } of ignored.slice(0, MOST_STORIES))
    screen.columns('      ', `The alert ${alert} led to nothing: ${why}`);
  for (const remediation of remediations.slice(0, MOST_STORIES)) showStory(remediation, rules, screen);
  const left = remediations.length - MOST_STORIES;
  if (left > 0) screen.line(`      ${left} more remediations; --json has them all`);
}

function showFailure(
  { part, atMs, line, missing, unexpected, fields }: Failure,
  fileName: string,
  screen: Screen,
): void {
  screen.line();
  screen.line(`      at ${offsetText(atMs)}, ${part}  ${screen.paint('dim', `${fileName}:${line}`)}`);
  for (const text of missing) screen.columns(screen.paint('good', '        expected  '), text);
  for (const text of unexpected) screen.columns(screen.paint('bad', '        actual    '), text);
  if (missing.length + unexpected.length > 0 && fields.length > 0) screen.line('        The difference:');
  for (const { field, expected, actual } of fields)
    screen.columns(`        ${field}: `, `expected ${expected}, actual ${actual}`);
}

/** A time from the start of a test, as the file has it. */
export function offsetText(offsetMs: number): string {
  return spanText(offsetMs)
    .replaceAll(' min', 'm')
    .replaceAll(/ ([hsd])\b/g, '$1')
    .replace('0s', '0m');
}

function showStory(remediation: ShownRemediation, rules: Rules, screen: Screen): void {
  const { action } = remediation;
  const words = action === 'notify' ? { vendorName: 'notify', verified: 'notified' } : traitsOf(action);
  const poolName = poolOf(rules, remediation.pool)?.name ?? remediation.pool;
  const { title, story } = reportOf(remediation, { poolName, zone: 'UTC', words });
  screen.line(`      ${screen.paint('strong', title)}`);
  for (const { at, text, tone, guards = [] } of story) {
    screen.columns(`        ${clockIn('UTC', at)}  `, text, tone);
    for (const { guard, text: why } of refusalsIn(guards))
      screen.columns(`                  ${guard}: `, why, 'notable');
  }
}

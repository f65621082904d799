import type { Screen } from '#local/screen/screen';
import { type Context, writeJson } from '../context.ts';
import { countOf, type Finding, type Validation } from './validation.ts';

export const formats = ['text', 'json', 'github'] as const;
export type Format = (typeof formats)[number];

/** Writes the results for all files. docs/cli.md has the shape of each format. */
export function reportValidation(
  validations: readonly Validation[],
  { format, ok, ms }: { format: Format; ok: boolean; ms: number },
  context: Pick<Context, 'screen'>,
): void {
  if (format === 'json') return writeJson(context, asJson(validations, ok, ms));
  for (const validation of validations) {
    if (format === 'text') reportText(validation, context.screen);
    else for (const finding of validation.findings) context.screen.line(annotation(validation.file, finding));
  }
  if (format === 'text') context.screen.line(context.screen.paint('dim', `Checked in ${ms} ms.`));
}

function asJson(validations: readonly Validation[], ok: boolean, ms: number) {
  const sum = (level: Finding['level']) => validations.reduce((all, one) => all + countOf(one, level), 0);
  return {
    ok,
    errors: sum('error'),
    warnings: sum('warning'),
    ms,
    files: validations.map(({ file, findings, rules, pools }) => ({
      file,
      valid: findings.every(({ level }) => level === 'warning'),
      ...(rules !== undefined && { rules, pools }),
      errors: findings.filter(({ level }) => level === 'error').map(shown),
      warnings: findings.filter(({ level }) => level === 'warning').map(shown),
    })),
  };
}

function shown({ level: _level, reason, ...finding }: Finding) {
  return { ...finding, message: reason };
}

/** One line for each finding in a pipe; on a terminal the words stand below the place. */
function reportText(validation: Validation, screen: Screen): void {
  const { file, findings, rules = 0, pools = 0 } = validation;
  for (const { line, column, level, path, code, reason } of findings) {
    const tone = level === 'error' ? 'bad' : 'notable';
    const where = `${file}:${line}:${column} ${screen.paint(tone, level)}`;
    const words = `${path === '' ? '' : `${path}: `}${reason}${code === undefined ? '' : ` [${code}]`}`;
    if (screen.isTerminal) {
      screen.line(where);
      screen.columns('  ', words);
    } else screen.line(`${where} ${words}`);
  }
  const errors = countOf(validation, 'error');
  const warnings = countOf(validation, 'warning');
  const sizes = `${counted(rules, 'rule')} for ${counted(pools, 'pool')}`;
  if (errors > 0) screen.line(screen.paint('bad', `${file} has ${counted(errors, 'mistake')}.`));
  else if (warnings > 0)
    screen.line(
      `${file} is valid, with ${screen.paint('notable', counted(warnings, 'warning'))} (docs/rules/warnings.md): ${sizes}.`,
    );
  else screen.line(`${screen.paint('good', `${file} is valid`)}: ${sizes}.`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A workflow command of GitHub Actions, which shows the finding beside its line.
 *
 * Source: docs.github.com, "Workflow commands for GitHub Actions": a message escapes %, CR and LF; a property : and , as well.
 */
function annotation(file: string, { level, line, column, path, code, reason }: Finding): string {
  const properties = { file, line, col: column, title: code ?? 'Poolkeeper rules' };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${listed.join(',')}::${message(path === '' ? reason : `${path}: ${reason}`)}`;
}

function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

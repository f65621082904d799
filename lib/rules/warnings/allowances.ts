import { nearest } from '#lib/nearest';
import { type Warning, type WarningCode, warningCodes } from './warning.ts';

/** `# poolkeeper: allow no-recipient, any-pool (we watch the console)` */
const ALLOWANCE = /#\s*poolkeeper:\s*allow\s+([\w-]+(?:\s*,\s*[\w-]+)*)/g;

type Allowance = {
  code: string;
  line: number;
  column: number;
  appliesTo: readonly number[];
  isUsed: boolean;
};

/**
 * Removes the warnings that a comment allows. A comment behind an entry is for its line; a comment in a line of its own is for the
 * next line that is no comment. An allowance without a warning is a warning itself, because it would hide a later one.
 */
export function applyAllowances(text: string, warnings: readonly Warning[]): Warning[] {
  const allowances = allowancesIn(text);
  const left = warnings.filter(({ code, line }) => {
    const fitting = allowances.filter((one) => one.code === code && one.appliesTo.includes(line));
    for (const one of fitting) one.isUsed = true;
    return fitting.length === 0;
  });
  return [...left, ...allowances.filter(({ isUsed }) => !isUsed).map(asWarning)];
}

function allowancesIn(text: string): Allowance[] {
  const lines = text.split(/\r\n|[\r\n]/);
  return lines.flatMap((content, index) => {
    const isAlone = /^\s*#/.test(content);
    const next = lines.findIndex((other, at) => at > index && !/^\s*(#|$)/.test(other));
    const appliesTo = isAlone ? [next + 1] : [index + 1];
    return Array.from(content.matchAll(ALLOWANCE)).flatMap((match) =>
      (match[1] ?? '').split(',').map((code) => ({
        code: code.trim(),
        line: index + 1,
        column: match.index + 1,
        appliesTo,
        isUsed: false,
      })),
    );
  });
}

function asWarning({ code, line, column }: Allowance): Warning {
  const isKnown = warningCodes.some((one) => one === code);
  const meant = nearest(code, warningCodes);
  const reason = isKnown
    ? `allows ${code}, and there is no such warning in this line or in the next one: remove the comment`
    : `there is no warning ${JSON.stringify(code)}${meant === undefined ? ': docs/rules/warnings.md lists them' : `: did you mean ${meant}?`}`;
  return { code: 'unused-allowance' satisfies WarningCode, line, column, path: '', reason };
}

import type { Logger } from '#lib/log';
import { RulesError } from '#lib/rules/parse/parse';
import type { VersionedRules } from '#lib/rules/rules';
import { counted } from '#lib/sentences/english';
import { compileRules } from '#local/build/read-rules';
import { rulesChanges } from '#local/rules-changes/changes';
import type { Screen, Tone } from '#local/screen/screen';
import type { FileChange } from './file-look.ts';

export type KeeperOptions = {
  /** The name of the rules file in messages. */
  file: string;
  inForce: VersionedRules;
  /** The warnings about the rules in force. Only new ones show later. */
  warnings: readonly string[];
  /** Puts rules in force, and returns further lines about them. If it rejects, the former ones stay in force. */
  takeOver: (rules: VersionedRules) => Promise<string[]>;
  screen: Screen;
  log: Logger;
};

/** Mistakes beyond this are only counted. */
const MOST_MISTAKES = 5;

/**
 * Keeps the rules in force: takes over each valid change of the rules file, and says what is different. An invalid file changes nothing: its
 * mistakes show once, and the former rules stay in force.
 *
 * @returns the function for each change of the file. It never rejects.
 */
export function createRulesKeeper(options: KeeperOptions): (change: FileChange) => Promise<void> {
  const { file, takeOver, screen, log } = options;
  let { inForce } = options;
  let warned = new Set(options.warnings.map(withoutNumbers));

  function say(label: string, tone: Tone, text: string, details: readonly [string, Tone?][]): void {
    const time = screen.paint('dim', new Date().toTimeString().slice(0, 8));
    screen.columns(`${time}  ${screen.paint(tone, label.padEnd(19))}`, text);
    for (const [detail, toneOfDetail] of details) screen.columns(' '.repeat(12), detail, toneOfDetail);
  }

  function refuse(problem: string, details: readonly string[]): void {
    const shown = details.slice(0, MOST_MISTAKES).map((one): [string, Tone] => [one, 'bad']);
    const left = details.length - MOST_MISTAKES;
    if (left > 0) shown.push([`and ${counted(left, 'more mistake', 'more mistakes')}`, 'bad']);
    say('rules refused', 'bad', `${file} ${problem}: the rules ${inForce.version} stay in force`, shown);
    log.error('the rules file was refused, and the former rules stay in force', {
      file,
      problem,
      mistakes: details,
      rules: inForce.version,
    });
  }

  async function accept(rules: VersionedRules, warnings: readonly string[]): Promise<void> {
    if (rules.version === inForce.version) {
      say(
        'rules in force',
        'good',
        `${file} is again as the rules ${inForce.version}, which stayed in force`,
        [],
      );
      log.info('the rules file is again as the rules in force', { file, rules: inForce.version });
      return;
    }
    const changes = rulesChanges(inForce, rules);
    const more = await takeOver(rules);
    const former = inForce.version;
    inForce = rules;
    const added = [...warnings.filter((one) => !warned.has(withoutNumbers(one))), ...more];
    warned = new Set(warnings.map(withoutNumbers));
    const differs = changes.length > 0 ? '' : ', which do the same as the former ones';
    say('rules taken over', 'good', `${file} is in force, as rules ${rules.version}${differs}`, [
      ...changes.map(({ text, acts }): [string, Tone?] => (acts ? [text, 'notable'] : [text])),
      ...added.map((one): [string, Tone] => [one, 'notable']),
    ]);
    log.info('rules taken over', {
      file,
      rules: rules.version,
      former,
      acts: changes.some(({ acts }) => acts),
      changes: changes.map(({ text }) => text),
      warnings: added,
    });
  }

  return async (change) => {
    if ('problem' in change) return refuse(change.problem, []);
    try {
      const { rules, warnings } = compileRules(change.bytes, file);
      await accept(rules, warnings);
    } catch (error) {
      if (error instanceof RulesError) {
        const details = error.message.split('\n');
        return refuse(`has ${counted(details.length, 'mistake')}`, details);
      }
      refuse('could not be taken over', [error instanceof Error ? error.message : String(error)]);
    }
  };
}

/** A warning moves to another line when the file grows, and is still the same. */
function withoutNumbers(warning: string): string {
  return warning.replaceAll(/\d+/g, '0');
}

import type { PathProblem } from '#lib/issues';
import { suggestion } from '#lib/rules/file/wording';
import { globMatches } from '#lib/rules/glob';
import type { Rules } from '#lib/rules/rules';

/** Recipients whose list of rules names a rule that the file does not have. A misspelled name would silence them. */
export function unknownRules({ notify, rules }: Pick<Rules, 'notify' | 'rules'>): PathProblem[] {
  const names = rules.map(({ name }) => name);
  return notify.flatMap(({ rules: globs = [] }, index) =>
    globs.flatMap((glob, place) =>
      names.some((name) => globMatches(glob, name))
        ? []
        : [
            {
              path: ['notify', index, 'rules', place],
              reason: `there is no rule "${glob}"${suggestion(glob, names)}`,
            },
          ],
    ),
  );
}

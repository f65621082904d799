import { joined, placed, placedAll } from './place.ts';
import type { RequestRow, RequestTable } from './row.ts';
import { isNull, nullsOf, valuesOfAnotherType } from './wrong-types.ts';

/** One value, tried at its row's place in an otherwise valid body. */
export interface Attempt {
  /** The field, as a path in the body. */
  readonly path: string;
  readonly body: unknown;
  readonly accepted: boolean;
  /** Whether a command is held to it as well. */
  readonly alsoInCommand: boolean;
}

/** Everything that a row says about its field: its values, absence by `mandatory`, other types by `type`. */
export function attemptsOf(row: RequestRow, table: RequestTable, example: unknown): Attempt[] {
  const path = joined(table.at, row.field);
  const attempt =
    (accepted: boolean, given = {}) =>
    (value: unknown): Attempt => {
      const body = placed(placedAll(example, { ...table.within, ...given }), path, value);
      const isRefused =
        accepted && row.notInCommands !== undefined && (value !== undefined || table.at !== '');
      return { path, body, accepted, alsoInCommand: !isRefused && !(row.filledIn && value === undefined) };
    };
  const absenceRefused = row.mandatory || row.absence === 'refused';
  return [
    ...[...(row.range ?? []), ...row.accepts].map(attempt(true)),
    ...(row.refuses ?? []).map(attempt(false)),
    ...valuesOfAnotherType(row.type)
      .filter((value) => !(row.nullDeletes && isNull(value)))
      .map(attempt(false)),
    ...(row.nullDeletes ? nullsOf(row.type) : []).map(attempt(true)),
    attempt(!absenceRefused)(undefined),
    ...(row.where ?? []).flatMap(({ given, accepts = [], refuses = [] }) => [
      ...accepts.map(attempt(true, given)),
      ...refuses.map(attempt(false, given)),
    ]),
  ];
}

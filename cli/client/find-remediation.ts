import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { CommandError } from '../failure.ts';
import type { Routes } from './routes.ts';

/** A beginning of an id as tables show it. */
const BEGINNING = /^[0-9a-f-]{6,35}$/;
const PAGES_SEARCHED = 10;

/**
 * A remediation by its id, or by the beginning of its id among the newest thousand.
 *
 * @throws CommandError if there is none, or if several ids begin so
 */
export async function findRemediation(routes: Routes, id: string): Promise<ShownRemediation> {
  const found = await findIfKnown(routes, id);
  if (found) return found;
  throw new CommandError(
    `There is no remediation ${id} at ${routes.url}. \`poolkeeper list\` shows the newest, and \`poolkeeper why ${id}\` searches everything.`,
    'unknown',
  );
}

/** The same; undefined if there is none. @throws CommandError if several ids begin so */
export async function findIfKnown(routes: Routes, id: string): Promise<ShownRemediation | undefined> {
  const exact = await routes.remediation(id);
  if (exact || !BEGINNING.test(id)) return exact;
  const matches = await beginningWith(routes, id);
  const [only, ...others] = matches;
  if (only && others.length > 0) {
    throw new CommandError(
      `Several remediations begin with ${id}: ${matches.map((one) => one.id).join(', ')}. Give more of the id.`,
      'usage',
    );
  }
  return only;
}

async function beginningWith(routes: Routes, id: string): Promise<ShownRemediation[]> {
  const matches: ShownRemediation[] = [];
  let pages = 0;
  for await (const { remediations } of routes.remediations({ limit: 100 })) {
    matches.push(...remediations.filter((one) => one.id.startsWith(id)));
    pages += 1;
    if (pages === PAGES_SEARCHED) break;
  }
  return matches;
}

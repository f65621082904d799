import type { ShownToken } from './authorization.ts';

/**
 * The address of a view of the console's page. It hands over a token that was made for this run, in the fragment, which no server sees; the
 * page removes it at once. A token from the environment or a file is a secret and stays out: the page asks for it.
 *
 * @param view such as `/remediations/4f2a…`
 */
export function consolePage(url: string, { value, variable, file }: ShownToken, view = '/'): string {
  if (variable !== undefined || file !== undefined) return `${url}/#${view}`;
  const to = view === '/' ? '' : `&to=${encodeURIComponent(view).replaceAll('%2F', '/')}`;
  return `${url}/#token=${encodeURIComponent(value)}${to}`;
}

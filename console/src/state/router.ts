import { signal } from '@preact/signals';

/** The place in the page, from the fragment of the address: `#/remediations?state=failed`. */
export type Place = { path: readonly string[]; query: URLSearchParams };

export const place = signal<Place>(placeOf(''));

/** Follows the address from now on. */
export function startRouter(): void {
  followAddress();
  addEventListener('hashchange', followAddress);
}

function followAddress(): void {
  place.value = placeOf(location.hash);
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

type Query = Readonly<Record<string, string | undefined>>;

/** The address of a place. Empty and absent parameters are left out. */
export function addressOf(path: readonly string[], query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) given.set(name, value);
  const search = given.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** The path of a route of the API. Empty and absent parameters are left out. */
export function routeOf(path: readonly string[], query: Query = {}): string {
  return addressOf(path, query).slice(1);
}

/** Changes parameters of the place without a new entry in the history. */
export function setQuery(changes: Query): void {
  const { path, query } = place.value;
  history.replaceState(null, '', addressOf(path, { ...Object.fromEntries(query), ...changes }));
  followAddress();
}

export function goTo(address: string): void {
  location.hash = address;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import type { RouteDescription } from '../description.ts';

export interface MatchedRoute {
  readonly route: RouteDescription;
  /** Decoded values of `{name}` and `{name+}` segments. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the most specific route, in API Gateway's order ("Working with routes for HTTP APIs"): a full match comes before one with a
 * greedy variable (`{proxy+}`), and `$default` comes last; a literal segment comes before a variable, and a method before `ANY`.
 */
export function matchRoute(
  routes: readonly RouteDescription[],
  method: string,
  path: string,
): MatchedRoute | undefined {
  const candidates = routes.flatMap((route) => {
    const match = matchOne(route, method, segmentsOf(path));
    return match ? [match] : [];
  });
  return candidates.sort((left, right) => (left.rank < right.rank ? -1 : 1))[0];
}

interface Candidate extends MatchedRoute {
  /** Sorts specific routes first. It has a letter for the kind of match, one for each segment, and one for the method. */
  readonly rank: string;
}

const kinds = { full: 'a', greedy: 'b', anything: 'c' };
const exact = 'a';
const variable = 'b';
const rest = 'c';

function matchOne(
  route: RouteDescription,
  method: string,
  segments: readonly string[],
): Candidate | undefined {
  if (route.routeKey === '$default') return { route, pathParameters: {}, rank: kinds.anything };
  const [routeMethod, routePath = '/'] = route.routeKey.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;

  const methodRank = routeMethod === 'ANY' ? variable : exact;
  const pathParameters: Record<string, string> = {};
  const wanted = segmentsOf(routePath);
  let ranks = '';
  for (const [position, segment] of wanted.entries()) {
    const [, name, plus] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    const given = segments[position];
    if (given === undefined || (name === undefined ? given !== segment : given === '')) return undefined;
    if (name !== undefined && plus) {
      pathParameters[name] = decode(segments.slice(position).join('/'));
      return { route, pathParameters, rank: kinds.greedy + ranks + rest + methodRank };
    }
    if (name !== undefined) pathParameters[name] = decode(given);
    ranks += name === undefined ? exact : variable;
  }
  if (segments.length !== wanted.length) return undefined;
  return { route, pathParameters, rank: kinds.full + ranks + methodRank };
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

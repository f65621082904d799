import { type Caller, type Role, roles } from '#lib/callers';

/**
 * The claims of an identity provider that say who a person is, and what the person may do. `issuer`: the one provider that is believed.
 * `name`, `role`: the names of the claims.
 */
export type ClaimsOptions = { issuer: string; name: string; role: string };

/** The claims of a token that the HTTP API has checked, as texts. */
export type Claims = Readonly<Record<string, string>>;

/** The claim with the role, by default. In it, a role needs no prefix. */
export const ROLE_CLAIM = 'poolkeeper_role';

/** The claim with the name, by default. */
export const NAME_CLAIM = 'email';

/** In claims for several applications, `admin` may mean something else. There, a role has this before it. */
const PREFIXED = /^poolkeeper[-_:/.]([a-z]+)$/;

const MAX_NAME = 200;

/**
 * The caller that claims speak of. Its role is the highest of those in the role's claim and among the scopes; without any it has none.
 *
 * @returns undefined if the claims are of another issuer, or have no name.
 */
export function callerByClaims(claims: Claims, options: ClaimsOptions): Caller | undefined {
  if (claims['iss'] !== options.issuer) return undefined;
  const name = nameIn(claims, options);
  if (name === undefined) return undefined;
  const role = roleIn(claims, options);
  return { name, tokens: [], ...(role && { role }) };
}

/** An address that the provider has not verified is no name, because its holder may have chosen it. The subject is unique. */
function nameIn(claims: Claims, { name: claim }: ClaimsOptions): string | undefined {
  const isUnverified = claim === 'email' && claims['email_verified'] === 'false';
  const named = isUnverified ? undefined : claims[claim];
  const name = (named || claims['sub'])?.trim().slice(0, MAX_NAME);
  return name || undefined;
}

function roleIn(claims: Claims, { role: claim }: ClaimsOptions): Role | undefined {
  const own = valuesOf(claims[claim]);
  const named = claim === ROLE_CLAIM ? own : [];
  const prefixed = [...own, ...valuesOf(claims['scope']), ...valuesOf(claims['scp'])].flatMap(
    (value) => PREFIXED.exec(value)?.[1] ?? [],
  );
  return roles.findLast((role) => named.includes(role) || prefixed.includes(role));
}

/** The values of a claim. The HTTP API hands a list over as one text, such as `[a b]`. */
function valuesOf(claim = ''): string[] {
  return claim.split(/[\s,[\]"]+/).filter((value) => value !== '');
}

import type { Clock } from '#lib/clock';
import type { Credentials } from '#lib/http/signature';
import type { Renewable } from '#lib/renewable';
import type { AttemptFailure } from './answer.ts';
import { notSent } from './preflight.ts';

/** The access key of an account. It may change while the process lives. Undefined: it is not set. */
export type AccessKey = Renewable<Credentials | undefined> & {
  /** The variables that hold the key, for errors: `HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK`. */
  readonly variables: string;
};

// docs/design/modelarts-api.md 5.2: more than five failed authentications in a row lock the key for five minutes.
const KEY_LOCK_MS = 5 * 60_000;

/** A key that may be used now, or the reason why a request must not be sent. */
export type UsableKey = { credentials: Credentials } | { failure: AttemptFailure };

/** Hands out an access key, and holds it back for a while after the API has refused it. */
export type KeyGuard = {
  /** The key, if it may be used. If it may not, this looks for a new one first. Never rejects. */
  usable(): Promise<UsableKey>;
  /** The API has refused this key: it is held back for five minutes, unless it changes. */
  refuse(credentials: Credentials): void;
};

/**
 * Guards a key against repeated refusals, which would lock it for all of its users (docs/design/modelarts-api.md 5.2). Another key in
 * its place is used at once.
 */
export function createKeyGuard(key: AccessKey, clock: Clock): KeyGuard {
  let refused: { credentials: Credentials; untilMs: number } | undefined;

  function judge(credentials: Credentials | undefined): UsableKey {
    if (!credentials) {
      const reason = `${key.variables} are not set`;
      return { failure: { ...notSent, code: 'credentials-missing', reason } };
    }
    const now = clock.now();
    if (!refused || now >= refused.untilMs || !isSame(refused.credentials, credentials))
      return { credentials };
    const reason =
      'the API refused this access key a moment ago, and further tries would lock it: check the key';
    const retryAfterMs = refused.untilMs - now;
    return { failure: { ...notSent, code: 'credentials-refused', retryAfterMs, reason } };
  }

  async function usable(): Promise<UsableKey> {
    const known = judge(await key.current());
    return 'failure' in known && (await key.renew()) ? judge(await key.current()) : known;
  }

  return {
    usable,
    refuse(credentials) {
      refused = { credentials, untilMs: clock.now() + KEY_LOCK_MS };
    },
  };
}

/** An access key that never changes. */
export function createFixedKey(
  credentials: Credentials | undefined,
  variables = 'the variables of the key',
): AccessKey {
  return { current: async () => credentials, renew: async () => false, variables };
}

function isSame(one: Credentials, other: Credentials): boolean {
  return (
    one.accessKey === other.accessKey &&
    one.secretKey === other.secretKey &&
    one.securityToken === other.securityToken
  );
}

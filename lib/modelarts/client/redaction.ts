import type { Credentials } from '#lib/http/signature';

const MAX_LENGTH = 500;

// A shorter key protects nothing (real ones have 20 and 40 characters), and its redaction would hide ordinary words.
const MIN_SECRET_LENGTH = 8;

/** Makes a text of unknown origin safe for an error or a log: no part of the key, one line, at most 500 characters. */
export function withoutSecrets(text: string, credentials?: Credentials): string {
  const { secretKey = '', securityToken = '', accessKey = '' } = credentials ?? {};
  const secrets = [secretKey, securityToken, accessKey].filter(
    (secret) => secret.length >= MIN_SECRET_LENGTH,
  );
  return secrets
    .reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, MAX_LENGTH);
}

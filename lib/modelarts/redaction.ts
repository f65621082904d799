import type { Credentials } from './signature.ts';

const MAX_LENGTH = 500;

/** Makes a text of unknown origin fit for an error or a log: no part of the key, one line, at most 500 characters. */
export function withoutSecrets(text: string, credentials: Credentials): string {
  const { secretKey, securityToken = '', accessKey } = credentials;
  const secrets = [secretKey, securityToken, accessKey].filter((secret) => secret !== '');
  return secrets
    .reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, MAX_LENGTH);
}

import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { SmnMessage } from '#events/smn';
import { stringToSign } from '#lib/smn/string-to-sign';

/** A message of SMN without its signature. */
export type UnsignedMessage = Readonly<Record<string, unknown>>;

/** The stand-in for SMN, as another program on this machine needs it: its `host:port`, and its private key in PEM format. */
export type Signer = { host: string; key: string };

export const CERTIFICATE_PATH = '/smn/SMN_local.pem';
export const CONFIRMATION_PATH = '/smn/subscription/confirm';

/** The message with the signature of a key, and the address of its certificate. */
export function signMessage(
  message: UnsignedMessage,
  key: KeyObject,
  certificateUrl: string,
): Record<string, unknown> {
  const unsigned = { ...message, signature_version: 'v1', signing_cert_url: certificateUrl };
  const text = stringToSign(SmnMessage.parse({ ...unsigned, signature: 'AAAA' }));
  return { ...unsigned, signature: sign('sha256', Buffer.from(text, 'utf8'), key).toString('base64') };
}

/** The same as the stand-in does it. A confirmation leads to the stand-in itself, and not to the console of SMN. */
export function signAs({ host, key }: Signer, message: UnsignedMessage): Record<string, unknown> {
  const { subscribe_url: url } = message;
  const own =
    typeof url === 'string'
      ? { ...message, subscribe_url: `https://${host}${CONFIRMATION_PATH}${new URL(url).search}` }
      : message;
  return signMessage(own, createPrivateKey(key), `https://${host}${CERTIFICATE_PATH}`);
}

import { type KeyObject, verify } from 'node:crypto';

/** The page says: the algorithm of the certificate. SMN's certificates are signed with SHA-256 and RSA; stronger ones may come. */
const DIGESTS = ['sha256', 'sha384', 'sha512'] as const;

/** Whether a text was signed with the private key that belongs to this one: RSA with PKCS #1 v1.5 padding. */
export function isSignedBy(key: KeyObject, text: string, signature: string): boolean {
  const signed = Buffer.from(text, 'utf8');
  const bytes = Buffer.from(signature, 'base64');
  return DIGESTS.some((digest) => verify(digest, signed, key, bytes));
}

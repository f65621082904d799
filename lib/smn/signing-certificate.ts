import { type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export type CheckedCertificate = { kind: 'trusted'; key: KeyObject } | { kind: 'refused'; why: string };

export type Trust = {
  /** The host that the certificate was read from. It must be issued for this name. */
  host: string;
  /** Epoch milliseconds. */
  now: number;
  /** The authorities that are believed. Read only if they are needed. */
  authorities: () => Iterable<X509Certificate>;
  /** SHA-256 fingerprints of certificates that the rules file names. Their issuer and name are not checked. */
  pinned: readonly string[];
};

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Limit of the certificates in one file, and of the length of a chain. */
const MAX_CERTIFICATES = 8;

const MIN_RSA_BITS = 2048;

/**
 * Checks the certificate that signs messages: its dates, its name, and a chain to an authority. The first certificate of the
 * file signs; others may be its issuers. SMN signs with RSA.
 */
export function checkCertificate(file: string, trust: Trust): CheckedCertificate {
  const certificates = parseAll(file);
  if (!certificates) return { kind: 'refused', why: 'is not a certificate in PEM format' };
  const [leaf, ...issuers] = certificates;
  const why = leaf === undefined ? 'is not a certificate in PEM format' : problemOf(leaf, issuers, trust);
  return why === undefined && leaf
    ? { kind: 'trusted', key: leaf.publicKey }
    : { kind: 'refused', why: why ?? '' };
}

function problemOf(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  { host, now, authorities, pinned }: Trust,
): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  if (asymmetricKeyType !== 'rsa') return `has a key of type ${asymmetricKeyType}; SMN signs with RSA`;
  const { modulusLength = 0 } = asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS)
    return `has a key of ${modulusLength} bits; at least ${MIN_RSA_BITS} are believed`;
  if (!isInForce(leaf, now)) return `is valid from ${leaf.validFrom} to ${leaf.validTo}, and not now`;
  if (pinned.includes(leaf.fingerprint256)) return undefined;
  const isNamed = (isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined;
  if (!isNamed) return `is not issued for ${host}, but for ${nameOf(leaf)}${howToPin(leaf)}`;
  if (leaf.ca || isIssuedBy(leaf, leaf)) return `is signed by itself, or is an authority${howToPin(leaf)}`;
  if (!isChained(leaf, issuers, authorities, now))
    return `has no chain to a known authority${howToPin(leaf)}`;
  return undefined;
}

function isChained(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  authorities: Trust['authorities'],
  now: number,
): boolean {
  let current: X509Certificate | undefined = leaf;
  for (let length = 0; current && length < MAX_CERTIFICATES; length += 1) {
    const child: X509Certificate = current;
    for (const authority of authorities()) {
      if (isIssuedBy(child, authority) && isInForce(authority, now)) return true;
    }
    current = issuers.find(
      (issuer) => issuer !== child && issuer.ca && isInForce(issuer, now) && isIssuedBy(child, issuer),
    );
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isInForce({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function nameOf({ subjectAltName, subject }: X509Certificate): string {
  return (subjectAltName ?? subject).replaceAll('\n', ', ').slice(0, 200);
}

/** A certificate of Huawei's whose form no page describes can be believed all the same, by a person's decision. */
function howToPin({ fingerprint256 }: X509Certificate): string {
  return `. If you have checked that it is Huawei's, add its fingerprint ${fingerprint256} to sources.smn.certificates in the rules file`;
}

function parseAll(file: string): X509Certificate[] | undefined {
  const blocks = file.match(PEM) ?? [];
  if (blocks.length > MAX_CERTIFICATES) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

import { generateKeyPairSync, type KeyObject, randomInt, sign } from 'node:crypto';
import { der, integer, NULL, objectId, sequence, TRUE, text, time } from './der.ts';

/** A certificate in PEM format, and its private key. */
export type Issued = { name: string; cert: string; key: KeyObject };

export type CertificateOptions = {
  /** Its common name, and its DNS name unless it is an authority. */
  name: string;
  /** Absent: it signs itself. */
  issuer?: Issued | undefined;
  isAuthority?: boolean;
  /** Epoch milliseconds. */
  from: number;
  until: number;
  /** @default 2048 */
  bits?: number;
};

const SHA256_WITH_RSA = sequence(objectId('1.2.840.113549.1.1.11'), NULL);

/**
 * Makes a certificate with a new key: RSA, signed with SHA-256. Only for stand-ins and tests, which need authorities of their
 * own. The fields are those of RFC 5280.
 */
export function issueCertificate({
  name,
  issuer,
  isAuthority = false,
  from,
  until,
  bits = 2048,
}: CertificateOptions): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const signer = issuer?.key ?? privateKey;
  const content = sequence(
    der(0xa0, integer(2)),
    integer(randomInt(1, 2 ** 40)),
    SHA256_WITH_RSA,
    commonName(issuer?.name ?? name),
    sequence(time(from), time(until)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...(isAuthority ? [authority()] : [dnsName(name)]))),
  );
  const signature = sign('sha256', content, signer);
  const whole = sequence(content, SHA256_WITH_RSA, bitString(signature));
  return { name, cert: pem(whole), key: privateKey };
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId('2.5.4.3'), text(name))));
}

/** Basic constraints, critical: it may sign others. */
function authority(): Buffer {
  return sequence(objectId('2.5.29.19'), TRUE, der(0x04, sequence(TRUE)));
}

/** Its name as one alternative name of the kind dNSName. */
function dnsName(name: string): Buffer {
  return sequence(objectId('2.5.29.17'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
}

function bitString(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.from([0]), bytes);
}

function pem(whole: Buffer): string {
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

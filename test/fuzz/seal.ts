import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { createCertificates } from '#lib/smn/certificates';
import type { Got } from '#lib/smn/https-get';
import { issueCertificate } from '#local/smn/certificate';
import { signMessage } from '#local/smn/sign-message';
import { AT } from './instant.ts';
import { textOf } from './mutation.ts';

export const TOKEN = 'fuzz-token-of-thirty-two-characters-or-more';
const OTHER_TOKEN = 'fuzz-token-of-another-source-and-long-enough';
export const TOPIC = 'urn:smn:cn-north-4:0970dd7a1300f5672ff2c003c60ae115:npu-alarms';
export const SECRETS = [TOKEN, OTHER_TOKEN];

/** The entries of the variable of tokens. */
export const ENTRIES = [`fuzz:${TOKEN}`, `other@no-source:${OTHER_TOKEN}`];

/** How a request tries to prove its sender. */
export const PROOFS = [
  'token',
  'password',
  'signature',
  'none',
  'wrong',
  'other',
  'forged',
  'twice',
] as const;
export type Proof = (typeof PROOFS)[number];
const GOOD: readonly Proof[] = ['token', 'password', 'signature'];

export const proof = fc.oneof(
  { arbitrary: fc.constant<Proof>('token'), weight: 8 },
  { arbitrary: fc.constantFrom<Proof>(...PROOFS), weight: 3 },
);

export const isGood = (one: Proof): boolean => GOOD.includes(one);

/** The headers that prove a sender with this body, or fail to. */
export function proofHeaders(one: Proof, body: Buffer): Record<string, string> {
  const hmac = (key: string) => createHmac('sha256', key).update(body).digest('hex');
  switch (one) {
    case 'token':
      return { authorization: `Bearer ${TOKEN}` };
    case 'password':
      return { authorization: `Basic ${Buffer.from(`any:${TOKEN}`).toString('base64')}` };
    case 'signature':
      return { 'x-grafana-alerting-signature': hmac(TOKEN) };
    case 'none':
      return {};
    case 'wrong':
      return { authorization: `Bearer ${TOKEN.slice(0, -1)}` };
    case 'other':
      return { authorization: `Bearer ${OTHER_TOKEN}` };
    case 'forged':
      return { authorization: `Bearer ${TOKEN}`, 'x-poolkeeper-signature': hmac('another key') };
    case 'twice':
      return { authorization: `Bearer ${TOKEN},Bearer ${TOKEN}` };
  }
}

const HOST = 'localhost:8443';
const CERTIFICATE_URL = `https://${HOST}/smn/SMN_fuzz.pem`;

/** An SMN with a key of its own, and the only addresses that a request to it may lead to. */
export function createSmn() {
  const valid = { from: AT - 86_400_000, until: AT + 86_400_000 };
  const authority = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
  const issued = issueCertificate({ name: 'localhost', issuer: authority, ...valid });
  const requested: string[] = [];
  const get = (url: URL): Promise<Got> => {
    requested.push(url.href);
    return Promise.resolve({ kind: 'answer', body: url.pathname.endsWith('.pem') ? issued.cert : '' });
  };
  const clock = { now: () => AT, sleep: () => Promise.resolve() };
  const standIn = { host: HOST, ca: authority.cert };
  return {
    requested,
    /** Whether a certificate may be read there: a changed body may name another file of the same host. */
    isCertificate: (url: string) => url.startsWith(`https://${HOST}/smn/`) && url.endsWith('.pem'),
    /** For one input: so it does not meet the bound of reads within a minute, which no clock here ends. */
    services: () => ({
      get,
      certificates: createCertificates(get, clock, { pinned: [], standIn }),
      standIn: HOST,
    }),
    /** The message, signed if SMN itself could have signed it. */
    sealed(message: unknown): { body: unknown; isSigned: boolean } {
      const flat = withText(message);
      try {
        return { body: signMessage(flat, issued.key, CERTIFICATE_URL), isSigned: true };
      } catch {
        return { body: flat, isSigned: false };
      }
    },
  };
}

/** The alarm of a sample is an object, so that changes reach its inside. SMN carries it as text. */
function withText(message: unknown): Record<string, unknown> {
  if (typeof message !== 'object' || message === null) return { message };
  const fields = { ...message } as Record<string, unknown>;
  const { message: inner } = fields;
  return typeof inner === 'object' ? { ...fields, message: textOf(inner) } : fields;
}

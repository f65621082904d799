import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SmnServices } from '#lib/alerts/sources/smn';
import type { Got } from '#lib/smn/https-get';
import type { Fate } from '#local/rehearsal/engine/fate';
import { signMessage, type UnsignedMessage } from '#local/smn/sign-message';

const REGION = 'cn-north-4';
const CERTIFICATE_URL = `https://smn.${REGION}.myhuaweicloud.com/smn/SMN_${REGION}_1.pem`;

/** A topic whose alarms may reach every pool, one that reaches only the pool spare, and one that no rules file names. */
export const TOPICS = {
  open: `urn:smn:${REGION}:00000000000000000000000000000000:npu-alarms`,
  limited: `urn:smn:${REGION}:00000000000000000000000000000000:spare-alarms`,
  strange: `urn:smn:${REGION}:00000000000000000000000000000000:others`,
} as const;

let keys: { publicKey: KeyObject; privateKey: KeyObject } | undefined;

/** A worker makes them once. No trace and no document has a part of them. */
function keyPair() {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 1024 });
  return keys;
}

export function signed(message: UnsignedMessage): Record<string, unknown> {
  return signMessage(message, keyPair().privateKey, CERTIFICATE_URL);
}

/** One request to the console of SMN, and its answer as the function got it. */
export type Visit = { url: string; atMs: number; answer: Got['kind'] };

const ANSWERS: Readonly<Record<string, Got>> = {
  'console-away': { kind: 'passing', why: 'it did not answer' },
  'console-refuses': { kind: 'refused', why: 'it answered 400' },
};

/** SMN as a function meets it: its certificate and its console are away now and then, and its console refuses some confirmations. */
export function smnOf(
  fate: Pick<Fate, 'decide'>,
  key: () => string,
  visit: (visit: Pick<Visit, 'url' | 'answer'>) => void,
): SmnServices['smn'] {
  return {
    get: ({ href: url }) => {
      const mishap = fate.decide(`console/${key()}`, { 'console-away': 0.15, 'console-refuses': 0.05 });
      const got = ANSWERS[mishap ?? ''] ?? { kind: 'answer', body: '{}' };
      visit({ url, answer: got.kind });
      return Promise.resolve(got);
    },
    certificates: {
      at: () =>
        Promise.resolve(
          fate.decide(`certificate/${key()}`, { 'certificate-away': 0.05 })
            ? { kind: 'passing', why: 'it did not answer' }
            : { kind: 'trusted', key: keyPair().publicKey },
        ),
    },
  };
}

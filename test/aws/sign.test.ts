import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signAws } from '#lib/aws/sign';

/** The hash of AWS's own signer. */
class Sha256 {
  readonly #hash;
  constructor(secret?: any) {
    this.#hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data: any) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}

const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/);

test("a signature is the one of AWS's own signer, for any key, service, time and body", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        accessKeyId: word,
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
      }),
      fc.constantFrom('dynamodb', 'sqs', 'ssm', 'sns'),
      fc.date({
        min: new Date('2020-01-01'),
        max: new Date('2040-01-01'),
        noInvalidDate: true,
      }),
      fc.string({ unit: 'binary' }),
      async (key, service, time, body) => {
        const region = 'eu-central-1';
        const url = new URL(`https://${service}.${region}.amazonaws.com/`);
        const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'Service.Operation' };
        const ours = signAws({ service, region, url, headers, body }, key, time.getTime());
        const { sessionToken, ...pair } = key;
        const signer = new SignatureV4({
          service,
          region,
          credentials: sessionToken === undefined ? pair : { ...pair, sessionToken },
          sha256: Sha256,
          applyChecksum: false,
        });
        const theirs = await signer.sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: url.host,
            path: '/',
            headers: { ...headers, host: url.host },
            body,
          },
          { signingDate: time },
        );
        expect(ours['authorization']).toBe(theirs.headers['authorization']);
      },
    ),
  );
});

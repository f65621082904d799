import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { sign } from '#lib/http/signature';
import { sampleCredentials, sampleProject } from '#test/modelarts/client-fixture';
import { median } from '../statistics/median.ts';

const endpoint = `https://modelarts.cn-north-4.myhuaweicloud.com/v2/${sampleProject}/pools/pool-1/nodes/batch-reset`;
const body = { nodeNames: ['os-node-created-lv29s'], nodeConfig: {} };
const headers = { 'content-type': 'application/json' };
const url = new URL(endpoint);
const sdkCredentials = new BasicCredentials()
  .withAk(sampleCredentials.accessKey)
  .withSk(sampleCredentials.secretKey);

/** Both as a client uses them: the body to bytes, the signature, all headers to send. */
const signers = {
  ours: () =>
    sign({
      method: 'POST',
      url,
      headers,
      body: Buffer.from(JSON.stringify(body)),
      credentials: sampleCredentials,
      now: Date.now(),
    }),
  "Huawei's SDK": () =>
    AKSKSigner.sign(
      { endpoint, method: 'POST', headers: { ...headers }, queryParams: {}, data: body },
      sdkCredentials,
    ),
};

/** Measures in microseconds what signing one request costs us, and what it costs Huawei's own signer in the same run. */
export function benchSignature({ rounds: count, signatures }: { rounds: number; signatures: number }): {
  ours: number;
  theirs: number;
} {
  const rounds = Object.values(signers).map((signer) => ({ signer, microseconds: new Array<number>() }));
  for (let round = 0; round < count; round += 1) {
    for (const { signer, microseconds } of rounds) {
      const startMs = performance.now();
      for (let number = 0; number < signatures; number += 1) signer();
      microseconds.push(((performance.now() - startMs) * 1000) / signatures);
    }
  }
  const [ours = Number.NaN, theirs = Number.NaN] = rounds.map(({ microseconds }) => median(microseconds));
  return { ours, theirs };
}

import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { smnMessage } from '#lib/notify/kinds/smn';
import { runs } from '#test/runs';
import { createNotifyBench, credentials } from './notify-bench.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';
const URN = `urn:smn:cn-north-4:${PROJECT}:node-alerts`;
const HOST = 'smn.cn-north-4.myhuaweicloud.com';
const PUBLISH = `https://${HOST}/v2/${PROJECT}/notifications/topics/${URN}/publish`;

test("a topic is published to with a message of SMN's, signed as Huawei's own SDK signs it", async () => {
  const bench = createNotifyBench([{ kind: 'smn', url: PUBLISH }]);
  await bench.open();
  await bench.change({ state: 'failed', why: 'card [3] is lost' });
  await bench.deliver();
  const { request, body } = bench.posts[0]!;
  expect(body).toEqual({
    subject: 'Failed: reset-nodes of node os-node-created-lv29s in pool train-a',
    message: expect.stringContaining('\nWhy: card (3) is lost\n'),
  });

  // Huawei's signer takes the path as it is in the API's page, and encodes it.
  const theirs: Record<string, unknown> = AKSKSigner.sign(
    {
      endpoint: PUBLISH,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Sdk-Date': '20261120T100000Z' },
      queryParams: {},
      data: body,
    },
    new BasicCredentials().withAk(credentials.accessKey).withSk(credentials.secretKey),
  );
  expect(request.headers['authorization']).toBe(theirs['Authorization']);
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'poolkeeper' });
  expect(request.url.href).toBe(PUBLISH.replaceAll(/(?<=urn.*):/g, '%3A'));
  expect(JSON.stringify([bench.logs, bench.table.documents()])).not.toContain(credentials.secretKey);
});

test('no message is larger than SMN takes, and each has only parts that a short message may have', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 1, max: 1_000 }),
      (piece, times) => {
        const { subject, message } = smnMessage({
          title: piece.repeat(times),
          lines: Array.from({ length: 8 }, () => ({ name: 'Why', text: `${piece}[]`.repeat(times) })),
          links: [],
        });
        expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(512);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(256 * 1024);
        expect(subject + message).not.toMatch(/[[\]【】]/);
        expect(subject.isWellFormed()).toBe(piece.isWellFormed());
      },
    ),
    { numRuns: runs(50) },
  );
});

test('a topic is named by the host of its URL when it refuses', async () => {
  const bench = createNotifyBench([{ kind: 'smn', url: PUBLISH }]);
  bench.answers[HOST] = [{ outcome: 'refused', why: 'answered 404 SMN.00010004' }];
  await bench.open();
  await bench.change({ state: 'failed' });
  await bench.deliver();
  expect(bench.deadLetters[0]!.attributes!['reason']).toBe(`smn at ${HOST} answered 404 SMN.00010004`);
});

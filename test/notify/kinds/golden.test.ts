import { expect, test } from 'vitest';
import { readBody } from '../notify-bench.ts';
import { deletionWaits } from './kinds-bench.ts';
import { checkRequest } from './receivers.ts';
import { KINDS } from './recipients.ts';

const nodes = Array.from(
  { length: 32 },
  (_, index) => `os-node-created-${String(index + 1).padStart(2, '0')}`,
);

const bench = await deletionWaits(nodes);

test.each(KINDS)('%s gets this message for a deletion that waits for an approval', async (name) => {
  const requests = bench.requestsOf(name);
  expect(requests).toHaveLength(1);
  const { request } = requests[0]!;
  await checkRequest(name, request, bench.now());
  const { 'x-sdk-date': _date, authorization: _signature, ...headers } = request.headers;
  const shown = { url: request.url.href, headers, body: readBody(request) };
  await expect(`${JSON.stringify(shown, undefined, 2)}\n`).toMatchFileSnapshot(`golden/${name}.golden`);
});

test('every recipient has it, and the ledger says so', async () => {
  expect((await bench.get()).notified).toHaveLength(1);
  expect(bench.deadLetters).toEqual([]);
});

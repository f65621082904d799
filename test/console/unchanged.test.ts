import { describe, expect, test } from 'vitest';
import { table } from '#functions/console';
import { createBench, firing, nodeName } from '#test/remediation/bench';
import { openConsole } from './console-door.ts';

const MINUTE = 60_000;
const NODE = nodeName(1);

/** A system with one remediation that has ended. */
async function quietSystem() {
  const bench = createBench();
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  bench.endJob('job-1');
  await bench.advance(5 * MINUTE);
  const [remediation] = bench.remediations();
  return { bench, path: { pool: 'train-a', node: NODE, id: remediation!.id } };
}

const read = Object.entries(table).flatMap(([route, { needs }]) =>
  route.startsWith('GET ') && needs !== 'nothing' ? [route] : [],
);

describe('an answer that a caller has already', () => {
  test.each(read)('costs no body: %s', async (route) => {
    const { bench, path } = await quietSystem();
    const ask = openConsole(bench);
    const first = await ask(route, { path });
    expect(first.status).toBe(200);
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    // Nothing has happened since.
    await bench.advance(10_000);
    const again = await ask(route, { path, headers: { 'if-none-match': `"other", W/${etag}` } });
    expect(again).toMatchObject({ status: 304, body: undefined, headers: { etag } });
    expect(again.headers).not.toHaveProperty('content-type');
  });

  test('comes anew when something has changed, and for another tag', async () => {
    const { bench } = await quietSystem();
    const ask = openConsole(bench);
    const { headers } = await ask('GET /remediations');
    expect((await ask('GET /remediations', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    await bench.receive(firing(nodeName(2)));
    const changed = await ask('GET /remediations', { headers: { 'if-none-match': String(headers['etag']) } });
    expect(changed).toMatchObject({ status: 200, body: { remediations: [{}, {}] } });
    expect(changed.headers['etag']).not.toBe(headers['etag']);
  });

  test('is not known to a caller without a token, or without the right one', async () => {
    const { bench } = await quietSystem();
    const ask = openConsole(bench);
    const { headers } = await ask('GET /remediations');
    const known = { 'if-none-match': String(headers['etag']) };
    expect((await ask('GET /remediations', { token: null, headers: known })).status).toBe(401);
  });
});

test('a problem has no tag, and comes again each time', async () => {
  const { bench } = await quietSystem();
  const ask = openConsole(bench);
  const missing = await ask('GET /remediations/{id}', {
    path: { id: 'none' },
    headers: { 'if-none-match': '*' },
  });
  expect(missing).toMatchObject({ status: 404, body: { title: 'Not Found' } });
  expect(missing.headers).not.toHaveProperty('etag');
});

import { globSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { closeServer, limitSlowSenders, listenOnLoopback } from '#local/cloud/loopback-server';

const root = path.resolve(import.meta.dirname, '../..');

test('every server of this machine limits slow senders', () => {
  const server = createServer();
  limitSlowSenders(server);
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 60_000 });
  const servers = globSync('local/**/*.ts', { cwd: root, exclude: ['**/*.d.ts'] }).filter((file) =>
    /\b(?:createServer|dynalite|buildApp)\(/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(servers.length).toBeGreaterThan(5);
  for (const file of servers)
    expect(readFileSync(path.join(root, file), 'utf8'), file).toMatch(
      /listenOn(?:Loopback)?\(|limitSlowSenders\(/,
    );
});

test('a sender that stops in the middle is cut off, and its neighbours are served', async () => {
  const server = createServer({ connectionsCheckingInterval: 5 }, (incoming, response) => {
    incoming.resume().on('end', () => response.end('served'));
  });
  const port = await listenOnLoopback(server, 0);
  const begun = [
    'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ];
  const answers = begun.map(
    (text) =>
      new Promise<string>((resolve) => {
        let answer = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (data) => (answer += String(data)));
        socket.on('error', () => {}).on('close', () => resolve(answer));
      }),
  );
  const quick = new Promise((resolve) => {
    request({ port, method: 'POST' }, (response) => resolve(response.resume().statusCode)).end('x');
  });
  expect(await quick).toBe(200);
  // As if the time were over.
  Object.assign(server, { headersTimeout: 1, requestTimeout: 1 });
  for (const answer of await Promise.all(answers)) expect(answer).toContain('408');
  await closeServer(server);
});

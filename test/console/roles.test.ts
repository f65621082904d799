import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { table } from '#functions/console';
import { includesRole, type Role, roles, strongestToken, toPerson } from '#lib/callers';
import { ConsoleSecrets, readVariables } from '#lib/config';
import { VERSION } from '#lib/version';
import { declaredFunctions } from '#local/stack/functions';
import { routesOf } from '#local/stack/routes';
import { createBench } from '#test/remediation/bench';
import { openConsole } from './console-door.ts';

const TOKEN = 'a-good-token-of-thirty-two-chars-or-more';
const PAGE = readFileSync(new URL('../../docs/operate/security.md', import.meta.url), 'utf8');

/** One person for each role. */
const PEOPLE = roles.map((role) => `${role}er:${role}:${TOKEN}-${role}`);
const tokenOf = (role: Role) => `${TOKEN}-${role}`;

/** Every route that needs a token, with a path and a body that it takes for its own. */
const guarded = Object.entries(table).flatMap(([route, { needs }]) =>
  needs === 'nothing' ? [] : [[route, needs] as const],
);

describe('an entry of POOLKEEPER_CONSOLE_TOKEN', () => {
  test.each([
    [TOKEN, TOKEN, 'console', 'admin'],
    [`ada:${TOKEN}`, TOKEN, 'ada', 'admin'],
    [`ada:${TOKEN}`, `ada:${TOKEN}`, 'ada', 'admin'],
    [`ada:read:${TOKEN}`, TOKEN, 'ada', 'read'],
    [`ada:command:${TOKEN}`, TOKEN, 'ada', 'command'],
    [`a-2.b_c:approve:${TOKEN}`, TOKEN, 'a-2.b_c', 'approve'],
    [`ada:admin:${TOKEN}`, TOKEN, 'ada', 'admin'],
    // The whole entry, as a person may paste it, has no more rights than its role.
    [`ada:read:${TOKEN}`, `ada:read:${TOKEN}`, 'ada', 'read'],
    // Tokens from before there were roles.
    [`4:${TOKEN}`, `4:${TOKEN}`, 'console', 'admin'],
    [`prod:console:${TOKEN}`, `prod:console:${TOKEN}`, 'prod', 'admin'],
    [`prod:console:${TOKEN}`, `console:${TOKEN}`, 'prod', 'admin'],
    [`prod:a:b:${TOKEN}`, `a:b:${TOKEN}`, 'prod', 'admin'],
  ])('%s is valid as %s, for %s with the role %s', async (entry, presented, name, role) => {
    const ask = openConsole(createBench(), [entry]);
    const { status, body } = await ask('GET /me', { token: presented });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name, role });
  });

  test.each([
    'ada:read:short',
    // As a token without a role, this would be long enough.
    `ada:approve:${'x'.repeat(31)}`,
    `:read:${TOKEN}`,
    `4:read:${TOKEN}`,
    `ada@smn:read:${TOKEN}`,
    `ada:Read:${TOKEN}`,
    `ada:reader:${TOKEN}`,
    `ada:aprove:${TOKEN}`,
    `ada:admni:${TOKEN}`,
  ])('that is meant to have a role and is wrong makes no person, and no admin either: %s', (entry) => {
    expect(toPerson(entry)).toBeUndefined();
  });

  test('that is wrong stops the start, and the error names its place and not its value', () => {
    const read = () =>
      readVariables(ConsoleSecrets, { POOLKEEPER_CONSOLE_TOKEN: `bob:${TOKEN}, ada:aprove:${TOKEN}` });
    expect(read).toThrow(/name:role:token \(the roles are read, command, approve, admin\).*entry 2 of 2/);
    expect(read).not.toThrow(new RegExp(TOKEN));
  });

  test('of the highest role is that of the programs on this machine', () => {
    expect(strongestToken(PEOPLE.join(','))).toBe(tokenOf('admin'));
    expect(strongestToken(`ada:read:${TOKEN}`)).toBe(TOKEN);
  });
});

describe('a route', () => {
  test.each(guarded)('%s answers only callers with the role %s', async (route, needs) => {
    const bench = createBench();
    const ask = openConsole(bench, PEOPLE);
    const before = JSON.stringify(bench.store.documents());
    expect((await ask(route, { token: null })).status).toBe(401);
    expect((await ask(route, { token: `${TOKEN}-wrong` })).status).toBe(401);
    for (const has of roles) {
      const { status, body } = await ask(route, { token: tokenOf(has), path: { id: 'none' }, body: {} });
      if (includesRole(has, needs)) {
        expect([401, 403]).not.toContain(status);
      } else {
        expect(status).toBe(403);
        expect(body).toMatchObject({
          needs,
          has,
          detail: expect.stringContaining(`needs the role ${needs}`),
        });
        expect(body.detail).toContain(`${has}er has the role ${has}`);
      }
    }
    expect(JSON.stringify(bench.store.documents())).toBe(before);
  });

  test('that a caller may not use leaves a line in the log, without its token', async () => {
    const bench = createBench();
    await openConsole(bench, PEOPLE)('POST /commands', { token: tokenOf('read') });
    expect(JSON.parse(bench.logs.at(-1)!)).toMatchObject({
      level: 'warn',
      by: 'reader',
      role: 'read',
      needs: 'command',
    });
    expect(JSON.stringify(bench.logs)).not.toContain(TOKEN);
  });

  test('is on the page about security with its role', () => {
    const shown = PAGE.matchAll(/^\| `((?:GET|POST) [^`]+)` +\| (?:`(\w+)`|(no token)) +\|/gm);
    const roleOf = Object.fromEntries(Array.from(shown, ([, route, role]) => [route, role ?? 'nothing']));
    expect(roleOf).toEqual(Object.fromEntries(Object.entries(table).map(([key, { needs }]) => [key, needs])));
  });

  test('is in the stack, and the stack has no other', () => {
    const declared = declaredFunctions.find(({ name }) => name === 'console')!;
    expect(routesOf(declared).sort()).toEqual(Object.keys(table).sort());
    // An identity provider stands before those that need a role, and before no other.
    const { trigger } = declared;
    expect(trigger.kind === 'http' && [...trigger.peoplesRoutes!].sort()).toEqual(
      guarded.map(([route]) => route).sort(),
    );
  });
});

describe('wrong tokens', () => {
  test('are slowed down after twenty in a minute, and a right one is not', async () => {
    const bench = createBench();
    let slept = 0;
    const clock = { now: () => bench.now(), sleep: (ms: number) => Promise.resolve(void (slept += ms)) };
    const ask = openConsole({ ...bench, services: { ...bench.services, clock } }, PEOPLE);
    for (let tries = 0; tries < 20; tries += 1) await ask('GET /me', { token: `${TOKEN}-${tries}` });
    expect(slept).toBe(0);
    await ask('GET /me', { token: `${TOKEN}-20` });
    expect(slept).toBeGreaterThan(0);
    const before = slept;
    expect((await ask('GET /me', { token: tokenOf('read') })).status).toBe(200);
    expect(slept).toBe(before);
  });
});

describe('GET /me', () => {
  test('names the caller, the rights of the caller and the system', async () => {
    const ask = openConsole(createBench(), PEOPLE);
    const { body } = await ask('GET /me', { token: tokenOf('command') });
    expect(body).toEqual({
      name: 'commander',
      role: 'command',
      may: guarded.flatMap(([route, needs]) => (includesRole('command', needs) ? [route] : [])),
      system: { simulated: true, version: '1.0.0', rules: '3fa9c1d2e4b5' },
    });
  });

  test('has the version of package.json', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(text).version).toBe(VERSION);
  });
});

test('the ledger has the name of the credential, and the body gives only a note', async () => {
  const bench = createBench();
  const ask = openConsole(bench, PEOPLE);
  const command = {
    id: 'c-1',
    action: 'reset-nodes',
    pool: 'train-a',
    nodes: ['os-node-created-00001'],
    parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
  };
  await ask('POST /commands', { token: tokenOf('command'), body: command });
  const { body } = await ask('GET /remediations/{id}', { path: { id: 'c-1' } });
  expect(body.receipts[0]).toMatchObject({ step: 'event', by: 'commander' });
});

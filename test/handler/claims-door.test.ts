import { describe, expect, test } from 'vitest';
import { routes } from '#functions/console';
import { systemClock } from '#lib/clock';
import { type Claims, callerByClaims, NAME_CLAIM, ROLE_CLAIM } from '#lib/handler/claims';
import { createClaimsDoor } from '#lib/handler/claims-door';
import { answerRequest } from '#lib/handler/on-http';
import { createLogger } from '#lib/log';
import { openConsole } from '#test/console/console-door';
import { createBench } from '#test/remediation/bench';
import { httpEvent } from './http-event.ts';

const ISSUER = 'https://login.example.com/tenant/v2.0';
const OPTIONS = { issuer: ISSUER, name: NAME_CLAIM, role: ROLE_CLAIM };
const ADA = { iss: ISSUER, sub: 'u-1', email: 'ada@example.com', poolkeeper_role: 'approve' };

describe('the caller that claims speak of', () => {
  test.each<[Claims, Partial<typeof OPTIONS>, string | undefined, string | undefined]>([
    [ADA, {}, 'ada@example.com', 'approve'],
    [{ ...ADA, email_verified: 'true' }, {}, 'ada@example.com', 'approve'],
    // An unverified address may be another person's.
    [{ ...ADA, email_verified: 'false' }, {}, 'u-1', 'approve'],
    [{ iss: ISSUER, sub: 'u-1', poolkeeper_role: 'read' }, {}, 'u-1', 'read'],
    [{ ...ADA, preferred_username: 'ada' }, { name: 'preferred_username' }, 'ada', 'approve'],
    [{ ...ADA, email: '' }, {}, 'u-1', 'approve'],
    [{ ...ADA, poolkeeper_role: '[read admin]' }, {}, 'ada@example.com', 'admin'],
    [{ ...ADA, poolkeeper_role: '["read","command"]' }, {}, 'ada@example.com', 'command'],
    [{ ...ADA, poolkeeper_role: 'poolkeeper-command' }, {}, 'ada@example.com', 'command'],
    [{ ...ADA, poolkeeper_role: 'owner' }, {}, 'ada@example.com', undefined],
    [{ iss: ISSUER, sub: 'u-1', scope: 'openid poolkeeper/command' }, {}, 'u-1', 'command'],
    [{ iss: ISSUER, sub: 'u-1', scp: 'poolkeeper.read poolkeeper:approve' }, {}, 'u-1', 'approve'],
    // The scope or the group of another application is no role here.
    [{ iss: ISSUER, sub: 'u-1', scope: 'admin read' }, {}, 'u-1', undefined],
    [{ ...ADA, groups: '[admin poolkeeper-read]' }, { role: 'groups' }, 'ada@example.com', 'read'],
    [{ ...ADA, groups: '[admin]' }, { role: 'groups' }, 'ada@example.com', undefined],
    [{ ...ADA, iss: 'https://evil.example.com' }, {}, undefined, undefined],
    [{ iss: ISSUER, poolkeeper_role: 'admin' }, {}, undefined, undefined],
    [{}, {}, undefined, undefined],
  ])('%j with %j', (claims, more, name, role) => {
    const caller = callerByClaims(claims, { ...OPTIONS, ...more });
    expect([caller?.name, caller?.role]).toEqual([name, role]);
  });
});

describe('the console behind an authorizer', () => {
  const logs: string[] = [];
  const invocation = {
    log: createLogger({}, { write: (line) => logs.push(line) }),
    beganAtMs: Date.now(),
    deadlineMs: Date.now() + 10_000,
    signal: new AbortController().signal,
  };
  const system = { simulated: false, version: '0.1.0' };
  const services = () => ({ door: createClaimsDoor(OPTIONS, systemClock), system });

  /** A request, with the claims that the authorizer hands over: undefined where there is none before the route. */
  async function ask(claims: Record<string, unknown> | undefined, headers: Record<string, string> = {}) {
    const event: any = httpEvent('GET /me', { headers });
    if (claims) event.requestContext.authorizer = { jwt: { claims, scopes: null } };
    const answer = await answerRequest(event, routes, async () => services() as never, invocation);
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? '') };
  }

  test('takes name and role from the claims', async () => {
    const { status, body } = await ask(ADA);
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'ada@example.com', role: 'approve' });
  });

  test('refuses a person without a role with 403', async () => {
    const { status, body } = await ask({ ...ADA, poolkeeper_role: 'none' });
    expect(status).toBe(403);
    expect(body).toMatchObject({ needs: 'read', has: null, detail: expect.stringContaining('has none') });
  });

  test('believes no header, no token, and no claims of another shape or issuer', async () => {
    const forged = {
      authorization: 'Bearer a-good-token-of-thirty-two-chars-or-more',
      'x-amzn-oidc-data': JSON.stringify(ADA),
      'x-poolkeeper-claims': JSON.stringify(ADA),
    };
    for (const claims of [
      undefined,
      {},
      { ...ADA, iss: 'https://evil.example.com' },
      { ...ADA, iss: [ISSUER] },
      { ...ADA, sub: undefined, email: ['ada@example.com'] },
    ])
      expect((await ask(claims, forged)).status).toBe(401);
    expect(JSON.stringify(logs)).toContain('TokensRefused');
    expect(JSON.stringify(logs)).not.toContain('thirty-two');
  });
});

test('without an authorizer in the deployment, claims mean nothing', async () => {
  const ask = openConsole(createBench());
  const { status } = await ask('GET /me', { token: null, claims: ADA });
  expect(status).toBe(401);
});

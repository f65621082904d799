import { describe, expect, test } from 'vitest';
import { readAuthorizer } from '#local/stack/authorizer';
import { deploymentSections } from '#local/stack/cloudformation/service';
import { declaredFunctions } from '#local/stack/functions';

const VARIABLES = {
  POOLKEEPER_JWT_ISSUER: 'https://login.example.com/tenant/v2.0',
  POOLKEEPER_JWT_AUDIENCE: 'poolkeeper, poolkeeper-cli',
};

const httpApis = (section: any): unknown[] =>
  section.events.flatMap((event: any) => (event.httpApi ? [event.httpApi] : []));

describe('a deployment that names an identity provider', () => {
  const { authorizers, functions: sections }: Record<string, any> = deploymentSections({
    ...VARIABLES,
    POOLKEEPER_JWT_NAME_CLAIM: 'preferred_username',
  });

  test('has an authorizer for its issuer and its audience', () => {
    expect(authorizers).toEqual({
      people: {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        issuerUrl: VARIABLES.POOLKEEPER_JWT_ISSUER,
        audience: ['poolkeeper', 'poolkeeper-cli'],
      },
    });
  });

  test('puts it before every route for people, and before no other', () => {
    const { trigger } = declaredFunctions.find(({ name }) => name === 'console')!;
    if (trigger.kind !== 'http') throw new Error('The console has no routes');
    expect(httpApis(sections['console'])).toEqual([
      ...trigger.routes,
      ...trigger.peoplesRoutes!.map((route) => {
        const [method, path] = route.split(' ');
        return { method, path, authorizer: { name: 'people' } };
      }),
    ]);
    for (const [name, section] of Object.entries(sections))
      if (name !== 'console') expect(JSON.stringify(section)).not.toContain('authorizer');
  });

  test('says so to the console function alone', () => {
    for (const [name, { environment }] of Object.entries<any>(sections)) {
      const own = Object.entries(environment).filter(([variable]) => variable.startsWith('POOLKEEPER_JWT_'));
      expect(Object.fromEntries(own)).toEqual(
        name === 'console'
          ? {
              POOLKEEPER_JWT_ISSUER: VARIABLES.POOLKEEPER_JWT_ISSUER,
              POOLKEEPER_JWT_NAME_CLAIM: 'preferred_username',
            }
          : {},
      );
    }
  });
});

test('any other deployment has no authorizer, and its console knows of none', () => {
  const variables = { POOLKEEPER_JWT_ISSUER: '', PATH: '/bin' };
  expect(readAuthorizer(variables)).toBeUndefined();
  const { authorizers, functions } = deploymentSections(variables);
  expect(authorizers).toEqual({});
  const { console: section }: Record<string, any> = functions;
  expect(httpApis(section).every((route) => typeof route === 'string')).toBe(true);
  expect(JSON.stringify(section.environment)).not.toContain('JWT');
});

test.each([
  [{ POOLKEEPER_JWT_ISSUER: VARIABLES.POOLKEEPER_JWT_ISSUER }, 'POOLKEEPER_JWT_AUDIENCE is not set'],
  [{ POOLKEEPER_JWT_AUDIENCE: 'poolkeeper' }, 'POOLKEEPER_JWT_ISSUER must be the https URL'],
  [{ ...VARIABLES, POOLKEEPER_JWT_ISSUER: 'http://login.example.com' }, 'must be the https URL'],
  [{ ...VARIABLES, POOLKEEPER_JWT_AUDIENCE: 'a,,b' }, 'must be names with commas between'],
])('a half one is refused before the deployment begins: %j', (environment, why) => {
  expect(() => readAuthorizer(environment)).toThrow(why);
});

import { describe, expect, it } from 'vitest';
import { matchRoute } from '#local/cloud/http/http-routes';
import { declaredFunctions } from '#local/stack/functions';
import { routesOf } from '#local/stack/routes';

const routes = [
  '$default',
  'ANY /remediations/{id}',
  'GET /remediations/{id}',
  'GET /remediations/latest',
  'POST /remediations/{id}/approve',
  'GET /{proxy+}',
  'GET /pools/{proxy+}',
  'GET /{kind}/{id}',
  'GET /',
].map((routeKey) => ({ routeKey, functionName: routeKey, timeoutMs: 30_000 }));

describe('the most specific route', () => {
  it.each([
    ['GET', '/remediations/42', 'GET /remediations/{id}', { id: '42' }],
    ['PUT', '/remediations/42', 'ANY /remediations/{id}', { id: '42' }],
    ['GET', '/remediations/latest', 'GET /remediations/latest', {}],
    ['POST', '/remediations/a%20b%2Fc/approve', 'POST /remediations/{id}/approve', { id: 'a b/c' }],
    ['GET', '/assets/js/app.js', 'GET /{proxy+}', { proxy: 'assets/js/app.js' }],
    ['GET', '/pools/train-a', 'GET /{kind}/{id}', { kind: 'pools', id: 'train-a' }],
    ['GET', '/pools/train-a/nodes', 'GET /pools/{proxy+}', { proxy: 'train-a/nodes' }],
    ['GET', '/', 'GET /', {}],
    ['POST', '/elsewhere', '$default', {}],
    ['POST', '/remediations//approve', '$default', {}],
    ['GET', '/%zz', 'GET /{proxy+}', { proxy: '%zz' }],
  ])('%s %s', (method, path, routeKey, pathParameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({ route: { routeKey }, pathParameters });
  });

  it('does not depend on the order of the routes', () => {
    for (const order of [routes, routes.toReversed()]) {
      expect(matchRoute(order, 'GET', '/remediations/latest')?.route.routeKey).toBe(
        'GET /remediations/latest',
      );
    }
  });

  it('is none where nothing matches', () => {
    const [, , , , approve] = routes;
    expect(matchRoute([approve!], 'GET', '/remediations/1/approve')).toBeUndefined();
    expect(matchRoute([approve!], 'POST', '/remediations/1')).toBeUndefined();
    expect(matchRoute([approve!], 'POST', '/remediations/1/approve/')).toBeUndefined();
  });
});

describe('a path with a trick', () => {
  const declared = declaredFunctions.flatMap((one) =>
    routesOf(one).map((routeKey) => ({ routeKey, functionName: one.name, timeoutMs: 1_000 })),
  );

  it.each([
    '//alerts/alertmanager',
    '/alerts//alertmanager',
    '/alerts/alertmanager/',
    '/alerts/alertmanager//',
    '/Alerts/alertmanager',
    '/ALERTS/ALERTMANAGER',
    '/./alerts/alertmanager',
    '/alerts/./alertmanager',
    '/x/../alerts/alertmanager',
    '/%61lerts/alertmanager',
    '/alerts%2Falertmanager',
    '\\alerts\\alertmanager',
    '/commands/',
    '/commands/..',
    '/alerts',
    '/alerts/',
    '',
    'http://127.0.0.1/commands',
  ])('leads to no function: %s', (path) => {
    expect(matchRoute(declared, 'POST', path)).toBeUndefined();
  });

  it.each([
    ['/alerts/..%2Fcommands', '../commands'],
    ['/alerts/%2e%2e', '..'],
    ['/alerts/alertmanager%00', 'alertmanager\u0000'],
    ['/alerts/alertmanager;x=1', 'alertmanager;x=1'],
    ['/alerts/Alertmanager', 'Alertmanager'],
  ])('stays with its function, which knows no such source: %s', (path, source) => {
    expect(matchRoute(declared, 'POST', path)).toMatchObject({
      route: { functionName: 'receive-alert' },
      pathParameters: { source },
    });
  });
});

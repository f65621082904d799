import { Command } from '#events/command';
import { acceptCommand } from '#lib/console/accept-command';
import { approve, Decision, reject } from '#lib/console/approval';
import { shownPage } from '#lib/console/page';
import { Release, release } from '#lib/console/release';
import { shown } from '#lib/console/shown';
import { requireBearerToken } from '#lib/handler/bearer-token';
import { type HttpFunction, onHttp, parseBody, parseQuery } from '#lib/handler/on-http';
import { ListQuery, listRemediations } from '#lib/ledger/listing';
import { consoleServices } from '#lib/services';

/** Each route of the console; docs/api.md describes them. */
export const routes: HttpFunction<Awaited<ReturnType<typeof consoleServices>>>['routes'] = {
  'GET /healthz': () => ({ status: 200, body: { status: 'ok' } }),

  'GET /remediations': async (request, { tokens, store, rules, clock }, { log }) => {
    requireBearerToken(request.headers['authorization'], tokens);
    const query = parseQuery(request, ListQuery);
    const page = await listRemediations(store, rules, query, clock.now());
    return { status: 200, body: shownPage(page, log) };
  },

  'GET /remediations/{id}': async ({ headers, path: { id = '' } }, { tokens, store }) => {
    requireBearerToken(headers['authorization'], tokens);
    return { status: 200, body: await shown(store, id) };
  },

  'POST /remediations/{id}/approve': async (request, services) => {
    requireBearerToken(request.headers['authorization'], services.tokens);
    const { id = '' } = request.path;
    return { status: 202, body: await approve(id, parseBody(request, Decision), services) };
  },

  'POST /remediations/{id}/reject': async (request, services) => {
    requireBearerToken(request.headers['authorization'], services.tokens);
    const { id = '' } = request.path;
    return { status: 200, body: await reject(id, parseBody(request, Decision), services) };
  },

  'POST /remediations/{id}/release': async (request, services) => {
    requireBearerToken(request.headers['authorization'], services.tokens);
    const { id = '' } = request.path;
    return { status: 200, body: await release(id, parseBody(request, Release), services) };
  },

  'POST /commands': async (request, services) => {
    requireBearerToken(request.headers['authorization'], services.tokens);
    return { status: 202, body: await acceptCommand(parseBody(request, Command), services) };
  },
};

/** Shows the ledger, takes commands, takes decisions on the plans that wait for one, and gives nodes back. */
export const handler = onHttp({ name: 'console', services: consoleServices, routes });

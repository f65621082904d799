import { Command } from '#events/command';
import { acceptCommand } from '#lib/console/accept-command';
import { approve, Decision, reject } from '#lib/console/approval';
import { pageRoutes } from '#lib/console/assets';
import { eventsPage, remediationsPage } from '#lib/console/page';
import { Release, release } from '#lib/console/release';
import { presentRemediation } from '#lib/console/shown';
import { admit, type HttpFunction, onHttp, parseBody, parseQuery } from '#lib/handler/on-http';
import { EventsQuery } from '#lib/journal/list-events';
import { ListQuery } from '#lib/ledger/listing/query';
import { consoleServices } from '#lib/services';

/** The routes of the console; docs/api.md describes them. */
export const routes: HttpFunction<Awaited<ReturnType<typeof consoleServices>>>['routes'] = {
  ...pageRoutes,
  'GET /healthz': () => ({ status: 200, body: { status: 'ok' } }),

  'GET /remediations': async (request, services, invocation) => {
    await admit(request, services, invocation);
    const query = parseQuery(request, ListQuery);
    return { status: 200, body: await remediationsPage(query, services, invocation.log) };
  },

  'GET /remediations/{id}': async (request, services, invocation) => {
    await admit(request, services, invocation);
    return { status: 200, body: await presentRemediation(services.store, request.path['id'] ?? '') };
  },

  'GET /events': async (request, services, invocation) => {
    await admit(request, services, invocation);
    const query = parseQuery(request, EventsQuery);
    return { status: 200, body: await eventsPage(query, services, invocation.log) };
  },

  'POST /remediations/{id}/approve': async ({ path: { id = '' }, ...request }, services, invocation) => {
    const by = await admit(request, services, invocation);
    const { hash, by: note } = parseBody(request, Decision);
    return { status: 202, body: await approve(id, { hash, by, note }, services) };
  },

  'POST /remediations/{id}/reject': async ({ path: { id = '' }, ...request }, services, invocation) => {
    const by = await admit(request, services, invocation);
    const { hash, by: note } = parseBody(request, Decision);
    return { status: 200, body: await reject(id, { hash, by, note }, services) };
  },

  'POST /remediations/{id}/release': async ({ path: { id = '' }, ...request }, services, invocation) => {
    const by = await admit(request, services, invocation);
    const { by: note } = parseBody(request, Release);
    return { status: 200, body: await release(id, { by, note }, services) };
  },

  'POST /commands': async (request, services, invocation) => {
    const by = await admit(request, services, invocation);
    return { status: 202, body: await acceptCommand(parseBody(request, Command), services, by) };
  },
};

/** Shows the ledger and the page for people, takes commands and decisions on waiting plans, and releases nodes. */
export const handler = onHttp({ name: 'console', services: consoleServices, routes });

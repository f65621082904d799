import { Command } from '#events/command';
import { type DeadLetterServices, DeadLettersQuery, deadLettersPage } from '#lib/dead-letters/list-letters';
import { redriveDeadLetter } from '#lib/dead-letters/redrive-letter';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';
import { parseBody, parseQuery } from '#lib/handler/on-http';
import { EventsQuery } from '#lib/journal/list-events';
import { ListQuery } from '#lib/ledger/listing/query';
import { StatsQuery } from '#lib/ledger/listing/stats';
import type { Store } from '#lib/ledger/store';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { acceptCommand, type CommandServices } from './accept-command.ts';
import { type ApprovalServices, approve, Decision, reject } from './approval.ts';
import type { PersonRequest } from './by-role.ts';
import { OnlyNote } from './note.ts';
import { eventsPage, type PageServices, remediationsPage, statsPage } from './page.ts';
import { release } from './release.ts';
import { presentRemediation } from './shown.ts';
import { withdrawCommand } from './withdraw.ts';

// The answers of the routes: they check the request, and give the result its status. docs/reference/api.md describes them.

export function answerHealth(): HttpResponse {
  return { status: 200, body: { status: 'ok' } };
}

export async function answerRemediations(
  request: HttpRequest,
  services: PageServices,
  { log }: Invocation,
): Promise<HttpResponse> {
  return { status: 200, body: await remediationsPage(parseQuery(request, ListQuery), services, log) };
}

export async function answerRemediation(
  request: HttpRequest,
  { store }: { store: Store },
): Promise<HttpResponse> {
  return { status: 200, body: await presentRemediation(store, idIn(request)) };
}

export async function answerEvents(
  request: HttpRequest,
  services: PageServices,
  { log }: Invocation,
): Promise<HttpResponse> {
  return { status: 200, body: await eventsPage(parseQuery(request, EventsQuery), services, log) };
}

export async function answerStats(
  request: HttpRequest,
  services: PageServices,
  { log }: Invocation,
): Promise<HttpResponse> {
  return { status: 200, body: await statsPage(parseQuery(request, StatsQuery), services, log) };
}

export async function takeApproval(
  request: PersonRequest,
  services: ApprovalServices,
): Promise<HttpResponse> {
  const { hash, by: note } = parseBody(request, Decision);
  const decision = { hash, by: request.caller.name, note };
  return { status: 202, body: await approve(idIn(request), decision, services) };
}

export async function takeRejection(
  request: PersonRequest,
  services: ApprovalServices,
): Promise<HttpResponse> {
  const { hash, by: note } = parseBody(request, Decision);
  const decision = { hash, by: request.caller.name, note };
  return { status: 200, body: await reject(idIn(request), decision, services) };
}

export async function takeRelease(
  request: PersonRequest,
  services: ReleasingServices,
): Promise<HttpResponse> {
  const note = noteIn(request);
  return { status: 200, body: await release(idIn(request), { by: request.caller.name, note }, services) };
}

export async function takeWithdrawal(
  request: PersonRequest,
  services: ReleasingServices,
): Promise<HttpResponse> {
  const note = noteIn(request);
  return {
    status: 200,
    body: await withdrawCommand(idIn(request), { by: request.caller.name, note }, services),
  };
}

export async function takeCommand(request: PersonRequest, services: CommandServices): Promise<HttpResponse> {
  const command = parseBody(request, Command);
  return { status: 202, body: await acceptCommand(command, services, request.caller.name) };
}

export async function answerDeadLetters(
  request: HttpRequest,
  services: DeadLetterServices,
  invocation: Invocation,
): Promise<HttpResponse> {
  const query = parseQuery(request, DeadLettersQuery);
  return { status: 200, body: await deadLettersPage(query, services, invocation) };
}

export async function takeRedrive(
  request: PersonRequest,
  services: DeadLetterServices,
  invocation: Invocation,
): Promise<HttpResponse> {
  const note = noteIn(request);
  const decision = { by: request.caller.name, note };
  return { status: 202, body: await redriveDeadLetter(idIn(request), decision, services, invocation) };
}

/** The note of a body that requires nothing. No body at all is as good as an empty object. */
function noteIn(request: HttpRequest): string | undefined {
  return request.body.length === 0 ? undefined : parseBody(request, OnlyNote).by;
}

function idIn({ path }: HttpRequest): string {
  return path['id'] ?? '';
}

import * as z from 'zod';
import { excerpt } from '#lib/bounds';
import { isSigned } from '#lib/handler/credential';
import { admit, type HttpRequest, parseBody } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { contentId } from '#lib/hash';
import type { AlertSource, Reading } from '../source.ts';
import { readEvent } from './cloudevent-alert.ts';
import { fromHeaders, hasAttributeHeaders } from './cloudevent-headers.ts';
import { fromJson, type ReadEvent } from './cloudevent-json.ts';
import { gather, type Report } from './gather.ts';

/** Lambda passes at most 6 MB to a function. Each event of a batch has bounds of its own. */
const LIMITS = { maxBytes: 6 * 1024 * 1024 };

const MODES =
  'Send one event as application/cloudevents+json, a list as application/cloudevents-batch+json, or the attributes as headers: ce-id, ce-source, ce-specversion, ce-type';

/**
 * CloudEvents 1.0 over HTTP: structured, binary and batched. The sender presents a bearer token. The attributes of an event are its
 * envelope, and its data is the alert. An event with the id and the source of an earlier one is a copy of that.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export const cloudevents: AlertSource = {
  authenticate: admit,
  read(request) {
    const { body } = request;
    const format = formatOf(request);
    if (format === 'binary') refuseUncovered(request);
    if (format === 'batch') return readBatch(parseBody(request, z.unknown(), LIMITS), body.length);
    const event =
      format === 'binary' ? fromHeaders(within(request)) : fromJson(parseBody(request, z.unknown(), LIMITS));
    return readSingle(event, body.length);
  },
};

/** @throws HttpProblem 415 for an event format that is not JSON; 400 if the request has no event at all. */
function formatOf(request: HttpRequest): 'batch' | 'structured' | 'binary' {
  const contentType = (request.headers['content-type'] ?? '').trim().toLowerCase();
  const [, batch, format] = /^application\/cloudevents(-batch)?([^;\s]*)/.exec(contentType) ?? [];
  if (format === '+json') return batch === undefined ? 'structured' : 'batch';
  if (format !== undefined) {
    const why = `The event format ${excerpt(contentType, 100)} is not read. ${MODES}`;
    throw new HttpProblem(415, 'Unsupported Media Type', why);
  }
  if (hasAttributeHeaders(request)) return 'binary';
  throw new HttpProblem(400, 'Bad Request', `The request is no CloudEvent. ${MODES}`, [
    { field: 'content-type', message: 'is no format of CloudEvents, and no header begins with ce-' },
  ]);
}

/**
 * The attributes decide whether the alert fires, whose it is, and whether it is a copy.
 *
 * @throws HttpProblem 401 if they are in headers, which no signature covers.
 */
function refuseUncovered({ headers }: HttpRequest): void {
  if (!isSigned(headers)) return;
  const why =
    'The signature covers the body, but not the attributes in the headers: send a signed event as application/cloudevents+json, or present the token itself';
  throw new HttpProblem(401, 'Unauthorized', why);
}

function within(request: HttpRequest): HttpRequest {
  const { length } = request.body;
  if (length <= LIMITS.maxBytes) return request;
  const why = `The body has ${length} bytes; the limit is ${LIMITS.maxBytes}`;
  throw new HttpProblem(413, 'Content Too Large', why);
}

/** @throws HttpProblem 400 naming each wrong attribute. */
function readSingle(event: ReadEvent, bytes: number): Reading {
  if (event.kind === 'bad')
    throw new HttpProblem(
      400,
      'Bad Request',
      'The event is no CloudEvent of version 1.0: errors lists the attributes that are wrong',
      event.problems,
    );
  return {
    kind: 'alerts',
    messageId: messageIdOf(event),
    delivery: gather('cloudevents', bytes, [readEvent(event)]),
  };
}

/** @throws HttpProblem 400 if the batch is no list. */
function readBatch(batch: unknown, bytes: number): Reading {
  if (!Array.isArray(batch))
    throw new HttpProblem(400, 'Bad Request', 'A batch must be a list of events', [
      { field: '(body)', message: 'must be a list of events' },
    ]);
  const reports = batch.map((value) => reportOf(fromJson(value)));
  return { kind: 'alerts', delivery: gather('cloudevents', bytes, reports) };
}

function reportOf(event: ReadEvent): Report {
  if (event.kind === 'bad') {
    const fields = event.problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return { kind: 'unreadable', name: event.id, why: `it is no CloudEvent of version 1.0: ${fields}` };
  }
  const report = readEvent(event);
  return report.kind === 'alert'
    ? { kind: 'alert', alert: { messageId: messageIdOf(event), ...report.alert } }
    : report;
}

/** It has a fixed length, because the attributes have not. */
function messageIdOf({ context: { id, source } }: Extract<ReadEvent, { kind: 'event' }>): string {
  return contentId([source, id]);
}

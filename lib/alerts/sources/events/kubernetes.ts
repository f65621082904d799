import * as z from 'zod';
import { admit, type HttpRequest, parseBody } from '#lib/handler/on-http';
import type { AlertSource } from '../source.ts';
import { gather, type Report } from './gather.ts';
import { readKubernetesEvent } from './kubernetes-event.ts';

const LIMITS = { maxBytes: 6 * 1024 * 1024 };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Events of Kubernetes as exporters forward them: one object, a list of them, or one in each line. The sender presents a bearer token.
 * Exporters forward much besides faults, which leads to nothing.
 */
export const kubernetes: AlertSource = {
  authenticate: admit,
  read(request) {
    const values = valuesIn(request);
    return {
      kind: 'alerts',
      delivery: gather('kubernetes', request.body.length, values.map(reportOf)),
    };
  },
};

/** @throws HttpProblem 400 or 413. */
function valuesIn(request: HttpRequest): unknown[] {
  const isLines = /^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines)\b/i.test(
    request.headers['content-type'] ?? '',
  );
  if (!isLines) return listed(parseBody(request, z.unknown(), LIMITS));
  const lines = request.body.toString('utf8').split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => parseBody({ body: Buffer.from(line) }, z.unknown(), LIMITS));
}

/** The items of a list, also of a list of Kubernetes. */
function listed(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) && Array.isArray(value['items']) ? value['items'] : [value];
}

function reportOf(value: unknown): Report {
  // A watch of the API wraps each event, and some exporters keep the wrapping.
  const isWatched = isRecord(value) && typeof value['type'] === 'string' && isRecord(value['object']);
  if (!isWatched) return readKubernetesEvent(value, { source: 'kubernetes', labels: {} });
  if (value['type'] === 'DELETED')
    return { kind: 'other', why: 'the event was deleted, which says nothing about its node' };
  return readKubernetesEvent(value['object'], { source: 'kubernetes', labels: {} });
}

import * as z from 'zod';
import { unwrapEvent } from '#events/kubernetes-event';
import { bodyAsLines, isJsonLines } from '#lib/handler/body';
import { admit, type HttpRequest, parseBody } from '#lib/handler/on-http';
import { isRecord } from '#lib/is-record';
import type { AlertSource } from '../source.ts';
import { gather, type Report } from './gather.ts';
import { readKubernetesEvent } from './kubernetes-event.ts';

const LIMITS = { maxBytes: 6 * 1024 * 1024 };

/** An event has several hundred bytes. */
const LINES = { ...LIMITS, maxLines: 20_000, bounds: { depth: 24, values: 5_000 } };

/**
 * Events of Kubernetes as exporters forward them: one object, a list of them, or one in each line. The sender presents a bearer token.
 * Exporters forward much besides faults, which leads to nothing.
 */
export const kubernetes: AlertSource = {
  authenticate: admit,
  read(request) {
    return { kind: 'alerts', delivery: gather('kubernetes', request.body.length, reportsIn(request)) };
  },
};

/** @throws HttpProblem 400, 413 or 415. */
function reportsIn(request: HttpRequest): Report[] {
  if (!isJsonLines(request)) return listed(parseBody(request, z.unknown(), LIMITS)).map(reportOf);
  return bodyAsLines(request, LINES).map((line) =>
    'why' in line ? { kind: 'unreadable', why: `its line ${line.why}` } : reportOf(line.value),
  );
}

/** The items of a list, also of a list of Kubernetes. */
function listed(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) && Array.isArray(value['items']) ? value['items'] : [value];
}

function reportOf(value: unknown): Report {
  const { event, isDeleted } = unwrapEvent(value) ?? { event: value, isDeleted: false };
  if (isDeleted) return { kind: 'other', why: 'the event was deleted, which says nothing about its node' };
  return readKubernetesEvent(event, { source: 'kubernetes', labels: {} });
}

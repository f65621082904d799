import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AT } from './instant.ts';
import { TOPIC } from './seal.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Where the samples of a source are, if they are not in the folder of `events/` with its name. */
const PLACES: Readonly<Record<string, string>> = { alertmanager: 'events/alerts/*.json' };

/** A request that a source accepts: its body as JSON, and the headers that it needs. */
export type Sample = { name: string; body: unknown; headers: Readonly<Record<string, string>> };

/**
 * The samples of a source of alerts: those in `events/`, and requests of other senders in `samples/`. A sample of a request has its headers
 * beside its body; a body that is a text is sent as it is.
 */
export function samplesOf(source: string): Sample[] {
  const own = jsonFiles(`test/fuzz/samples/${source}.json`).flatMap(({ name, value }) =>
    (Array.isArray(value) ? value : []).map((request) => ({
      name: `${name} ${request.name}`,
      value: request,
    })),
  );
  return [...jsonFiles(PLACES[source] ?? `events/${source}/*.json`), ...own].map(({ name, value }) => {
    if (isRequest(value)) return { name, headers: lowerCase(value.headers), body: value.body };
    const headers = source === 'cloudevents' ? formatOf(value) : {};
    return { name, headers, body: source === 'smn' ? sentNow(value) : value };
  });
}

/** Samples for the queue of a function. */
export function messagesFor(queue: string): Sample[] {
  const files =
    queue === 'enforce-tag-policy' ? 'events/tag-policies/*.json' : `events/commands/${queue}*.json`;
  return [
    ...jsonFiles(files).map(({ name, value }) => ({ name, headers: {}, body: value })),
    ...(OWN_MESSAGES[queue] ?? []).map((body, index) => ({ name: `own ${index}`, headers: {}, body })),
  ];
}

const now = new Date(AT).toISOString();

/** Messages that only Poolkeeper itself sends. */
const OWN_MESSAGES: Readonly<Record<string, readonly unknown[]>> = {
  'poll-jobs': [
    { callId: 'call-1', pool: 'pool-1', probe: { kind: 'job', jobId: 'job-1' }, look: 0, dueAt: now },
    { callId: 'call-1', pool: 'pool-1', probe: { kind: 'state' }, look: 3, dueAt: now },
    { callId: 'call-1', pool: 'pool-1', probe: { kind: 'lost-call' }, look: 1, dueAt: now },
  ],
  notify: [
    { kind: 'remediation', id: 'r-1', state: 'failed', since: now },
    { kind: 'rung', id: 'r-1', severity: 'critical' },
    { kind: 'incident', pool: 'pool-1', incident: 'storm', about: 'a node', why: 'a reason', at: now },
  ],
};

function jsonFiles(pattern: string): { name: string; value: unknown }[] {
  return globSync(pattern, { cwd: root })
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({ name, value: JSON.parse(readFileSync(path.join(root, name), 'utf8')) }));
}

function formatOf(value: unknown): Record<string, string> {
  return { 'content-type': `application/cloudevents${Array.isArray(value) ? '-batch' : ''}+json` };
}

function isRequest(value: unknown): value is { headers: Record<string, string>; body: unknown } {
  return typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
}

/** A message of the topic that the rules of the fuzzer allow, sent now. */
function sentNow(message: unknown): unknown {
  return typeof message === 'object'
    ? { ...message, topic_urn: TOPIC, timestamp: new Date(AT).toISOString() }
    : message;
}

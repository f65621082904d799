import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { Command } from '#events/command';
import { fieldProblems } from '#lib/handler/problem';

/** A payload that cannot be sent. The message says it all. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** As much of an alert as is looked at here; the receiving function checks the rest. */
const Alert = z.looseObject({
  status: z.string().optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
  fingerprint: z.string().optional(),
});
const Notification = z.looseObject({ alerts: z.array(Alert) });
const AnyCommand = z.looseObject({ action: z.string(), id: z.string().optional() });

export type Payload =
  | { kind: 'alertmanager'; body: z.output<typeof Notification> }
  | { kind: 'command'; body: z.output<typeof AnyCommand> };

/**
 * Reads a file with an Alertmanager notification, known by its `alerts`, or with a command, known by its `action`.
 *
 * @throws PayloadError
 */
export async function readPayload(file: string): Promise<Payload> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PayloadError(error.code === 'ENOENT' ? `There is no file ${file}.` : error.message);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PayloadError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const notification = Notification.safeParse(json);
  if (notification.success) return { kind: 'alertmanager', body: notification.data };
  const command = AnyCommand.safeParse(json);
  if (command.success) return { kind: 'command', body: command.data };
  throw new PayloadError(
    `${file} is neither an Alertmanager notification (it has no list "alerts") nor a command (it has no "action").`,
  );
}

/** The same payload as if it had just happened: what fires began now, the evidence of a command was seen now. */
export function asOfNow(payload: Payload, nowMs: number): Payload {
  const now = new Date(nowMs).toISOString();
  if (payload.kind === 'command') {
    const { body } = payload;
    return { ...payload, body: 'evidenceAt' in body ? { ...body, evidenceAt: now } : body };
  }
  const alerts = payload.body.alerts.map((alert) =>
    alert.status === 'firing' ? { ...alert, startsAt: now } : alert,
  );
  return { ...payload, body: { ...payload.body, alerts } };
}

/** Every word in the alerts that fire which may name a node: by its name, or by its address, with or without a port. */
export function namesInFiringAlerts(payload: Payload): ReadonlySet<string> {
  if (payload.kind === 'command') return new Set();
  const values = payload.body.alerts
    .filter(({ status }) => status === 'firing')
    .flatMap(({ labels = {}, annotations = {} }) => [
      ...Object.values(labels),
      ...Object.values(annotations),
    ]);
  return new Set(values.map((value) => String(value).replace(/:\d{1,5}$/, '')));
}

/** What a person calls an alert by its fingerprint: its name, and what it is about. */
export function describeAlert({ body }: Payload & { kind: 'alertmanager' }, fingerprint: string): string {
  const labels = body.alerts.find((alert) => alert.fingerprint === fingerprint)?.labels ?? {};
  const words = [labels['alertname'], labels['instance']].filter((label) => label !== undefined);
  return words.length > 0 ? words.map(String).join(' ') : fingerprint;
}

/**
 * The command with an id by which it can be followed.
 *
 * @throws PayloadError naming each field that is wrong: its function would only put it among the dead letters.
 */
export function identified(command: unknown): Command & { id: string } {
  const parsed = Command.safeParse(command);
  if (parsed.success) return { ...parsed.data, id: parsed.data.id ?? `sent-${randomUUID()}` };
  const problems = fieldProblems(parsed.error.issues).map(({ field, message }) => `  ${field}: ${message}`);
  throw new PayloadError(`The command is not as it must be:\n${problems.join('\n')}`);
}

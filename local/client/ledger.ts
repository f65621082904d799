import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { isRecord } from '#lib/is-record';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { type RemediationState, remediationStates } from '#lib/rules/state';
import { RequestError, requestJson } from './http-json.ts';

/** A receipt as the running system of the same version has written it. */
const KnownReceipt = z.custom<Receipt>(
  (value) => isRecord(value) && typeof value['at'] === 'string' && typeof value['step'] === 'string',
  'is not a receipt',
);

/** A remediation in the form of the console function. */
const Remediation = z.looseObject({
  id: z.string(),
  state: z.enum(remediationStates),
  action: z.enum(remediationActions),
  nodes: z.array(z.string()).optional(),
  nodePool: z.string().optional(),
  node: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  reason: z.looseObject({ source: z.string().optional() }).optional(),
  why: z.string().optional(),
  /** It was handed to a person undecided, and nothing has happened to it since. */
  handedOver: z.literal(true).optional(),
  jobId: z.string().optional(),
  updatedAt: z.string(),
  /** The next rung of its ladder. */
  escalatedTo: z.string().optional(),
  plan: z.looseObject({ hash: z.string(), changes: z.unknown().optional() }).optional(),
  receipts: z.array(KnownReceipt),
});
export type Remediation = z.output<typeof Remediation>;

const Page = z.looseObject({ remediations: z.array(Remediation), next: z.string().optional() });

/** The result of an alert: its remediations, and the ignored alerts with their reasons. */
const Accepted = z.looseObject({
  remediations: z.array(z.looseObject({ id: z.string(), rule: z.string(), node: z.string() })),
  ignored: z.array(z.looseObject({ alert: z.string(), why: z.string() })),
  /** The outcome of a message about a subscription. */
  subscription: z.string().optional(),
});
export type Accepted = z.output<typeof Accepted>;

/** The outcome of each alert of a delivery, as the journal has it. */
const Journal = z.looseObject({
  events: z.array(
    z.looseObject({
      alerts: z.array(
        z.looseObject({
          alert: z.string(),
          remediation: z.string().optional(),
          ignored: z.string().optional(),
        }),
      ),
    }),
  ),
});
export type JournaledAlert = z.output<typeof Journal>['events'][number]['alerts'][number];

const Taken = z.looseObject({ id: z.string() });

/** The running system, from outside. Every function throws a RequestError. */
export interface Ledger {
  /** Undefined while the ledger does not have it. */
  show(id: string): Promise<Remediation | undefined>;
  /** The newest hundred in one of these states, without their receipts. `more`: there are further ones. */
  inStates(states: readonly RemediationState[]): Promise<{ remediations: Remediation[]; more: boolean }>;
  /** The newest hundred, without their receipts. */
  newest(): Promise<Remediation[]>;
  postAlertmanager(notification: unknown): Promise<Accepted>;
  /** Posts a signed message of SMN. */
  postSmn(message: unknown): Promise<Accepted>;
  /** Posts one event, or a batch of CloudEvents. */
  postEvents(source: 'cloudevents' | 'kubernetes', body: unknown): Promise<Accepted>;
  /** The alerts of the newest delivery from a source. */
  latestFrom(source: string): Promise<JournaledAlert[]>;
  /** @returns the id of its remediation */
  postCommand(command: unknown): Promise<string>;
}

export function createLedger(
  { url, webhookToken, consoleToken }: { url: string; webhookToken: string; consoleToken: string },
  signal: AbortSignal,
): Ledger {
  return {
    async show(id) {
      const request = { method: 'GET', url: `${url}/remediations/${encodeURIComponent(id)}` } as const;
      try {
        return await requestJson(Remediation, { ...request, token: consoleToken, signal });
      } catch (error) {
        if (error instanceof RequestError && error.status === 404) return undefined;
        throw error;
      }
    },
    async inStates(states) {
      const request = {
        method: 'GET',
        url: `${url}/remediations?state=${states.join(',')}&limit=100&receipts=none`,
      } as const;
      const { remediations, next } = await requestJson(Page, { ...request, token: consoleToken, signal });
      return { remediations, more: next !== undefined };
    },
    async newest() {
      const request = { method: 'GET', url: `${url}/remediations?limit=100&receipts=none` } as const;
      return (await requestJson(Page, { ...request, token: consoleToken, signal })).remediations;
    },
    postAlertmanager: (body) =>
      requestJson(Accepted, {
        method: 'POST',
        url: `${url}/alerts/alertmanager`,
        token: webhookToken,
        body,
        signal,
      }),
    postSmn: (body) => requestJson(Accepted, { method: 'POST', url: `${url}/alerts/smn`, body, signal }),
    postEvents(source, body) {
      const format = Array.isArray(body) ? 'cloudevents-batch+json' : 'cloudevents+json';
      return requestJson(Accepted, {
        method: 'POST',
        url: `${url}/alerts/${source}`,
        token: webhookToken,
        body,
        ...(source === 'cloudevents' && { contentType: `application/${format}` }),
        signal,
      });
    },
    async latestFrom(source) {
      const request = { method: 'GET', url: `${url}/events?source=${source}&limit=1` } as const;
      const { events } = await requestJson(Journal, { ...request, token: consoleToken, signal });
      return events[0]?.alerts ?? [];
    },
    async postCommand(body) {
      const request = { method: 'POST', url: `${url}/commands`, token: consoleToken, body, signal } as const;
      return (await requestJson(Taken, request)).id;
    },
  };
}

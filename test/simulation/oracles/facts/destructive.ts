import type { Rules } from '#lib/rules/rules';
import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { LoggedRequest } from '../../world/route.ts';

/** One request that cannot be undone, as it reached the API. */
export type Destructive = LoggedRequest & {
  action: 'reset-nodes' | 'migrate-nodes' | 'accept-event';
  /** The event that it is about. */
  eventId?: string;
  nodes: readonly string[];
  pool: string;
  /** Whether it did something: by the API's own books. */
  done: boolean;
};

const destructive = new WeakMap<Run, Destructive[]>();

/** Every request of a run that cannot be undone, in the order in which they reached the API. */
export function destructiveRequests(run: Run): Destructive[] {
  let known = destructive.get(run);
  if (!known) {
    known = destructiveOf(run);
    destructive.set(run, known);
  }
  return known;
}

const ACCEPT = /^\/scheduled-events\/([^/]+)\/accept$/;

function destructiveOf({ requests, planned }: Run): Destructive[] {
  return requests.flatMap((request): Destructive[] => {
    const { path, method, body, pool = '' } = request;
    if (method !== 'POST') return [];
    const eventId = ACCEPT.exec(path)?.[1];
    if (eventId !== undefined) {
      const event = planned.all.find(({ id }) => id === eventId);
      const job = `maintenance-${eventId}`;
      return [
        {
          ...request,
          action: 'accept-event',
          eventId,
          pool: event?.pool ?? '',
          nodes: event?.node === undefined ? [] : [event.node],
          done: request.effect !== undefined,
          ...(request.effect && { job }),
        },
      ];
    }
    const done = request.job !== undefined;
    if (path.endsWith('/batch-reset'))
      return [{ ...request, pool, done, action: 'reset-nodes', nodes: body?.nodeNames ?? [] }];
    if (path.endsWith('/batch-migrate'))
      return [{ ...request, pool, done, action: 'migrate-nodes', nodes: body?.migrateNodeNames ?? [] }];
    return [];
  });
}

/** A request as its call and its plan have it: that of an acceptance names the event, which is in the path. */
export function asRecorded({ body, eventId }: Pick<Destructive, 'body' | 'eventId'>): any {
  return eventId === undefined ? body : { eventId, ...body };
}

/** The actions that put nodes out of service. */
export const OUT_OF_SERVICE: readonly string[] = ['reset-nodes', 'migrate-nodes', 'accept-event'];

/** The call in the ledger whose request this was: the one whose intent stood when the request was begun. */
export function callOf(run: Run, request: Destructive): any {
  const text = JSON.stringify(asRecorded(request));
  const calls = valuesOf(run, 'call#').filter(
    (call) =>
      call.pool === request.pool && call.action === request.action && JSON.stringify(call.request) === text,
  );
  return calls.find((call) => {
    const then = documentAt(run, `call#${call.id}`, request.sentAtMs);
    return then?.state === 'calling' && writerOfIntent(run, call.id) === request.by;
  });
}

function writerOfIntent(run: Run, id: string): string | undefined {
  return writesOf(run, `call#${id}`).find(({ document }) => (document['value'] as any).state === 'calling')
    ?.by;
}

/** The remediations that a request was made for, as the ledger says it, each with its nodes in the request. */
export function membersOf(
  run: Run,
  request: Destructive,
): { remediation: any; targets: readonly string[] }[] {
  return (callOf(run, request)?.members ?? []).map((member: any) => ({
    remediation: documentAt(run, `remediation#${member.remediation}`, request.sentAtMs),
    targets: member.targets,
  }));
}

/** The rules that the process had which sent a request. */
export function rulesOf(run: Run, { by }: Pick<LoggedRequest, 'by'>): Rules {
  return run.deployment.begun.get(by)?.rules ?? run.rules;
}

/** The limits of a remediation: its rule's limits, or the defaults for a command. */
export function limitsOf({ rules }: Pick<Run, 'rules'>, remediation: any) {
  const rule = rules.rules.find(({ name }) => name === remediation?.rule);
  const interrupt = remediation?.options?.interruptWorkloads === true;
  return rule
    ? { ...rule, interruptWorkloads: rule.interruptWorkloads || interrupt }
    : {
        cooldownMs: 3_600_000,
        maxEvidenceAgeMs: 3_600_000,
        interruptWorkloads: interrupt,
        phase: undefined,
        mode: remediation?.mode,
      };
}

export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}

import { boolean, oneOf, optional, table, text } from '../fields.ts';
import { otherParameters, parameterFault } from '../tables.ts';

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const TYPES =
  /^(system-maintenance|localdisk-recovery|node_reboot|operation-request|node_maintenance|node_redeploy|node_localdisk_recovery)$/;

/** ListScheduledEvents, query parameters (docs/design/modelarts-notes.md, 3.5). */
export function listScheduledEventsFaults(query: URLSearchParams): string[] {
  return [
    ...otherParameters(query, [
      'workspaceId',
      'state',
      'type',
      'id',
      'nodeName',
      'poolName',
      'publishStartTime',
      'publishEndTime',
      'offset',
      'limit',
    ]),
    ...parameterFault(query, 'state', /^(inquiring|scheduled|executing|completed|failed|canceled)$/),
    ...parameterFault(query, 'type', TYPES),
    ...parameterFault(query, 'nodeName', /./s),
    ...parameterFault(query, 'poolName', /./s),
    ...parameterFault(query, 'publishStartTime', UTC),
    ...parameterFault(query, 'publishEndTime', UTC),
    ...parameterFault(query, 'offset', /^\d{1,9}$/),
    ...parameterFault(query, 'limit', /^([1-9]|[1-9]\d|100)$/),
  ];
}

/** AcceptScheduledEvent, its body (docs/design/modelarts-notes.md, 3.5). A blank `notBefore` is now. */
const acceptance = table({
  notBefore: optional(text(/^(?:$|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$)/, 'a time in UTC')),
  redeployConfig: optional(table({ type: optional(oneOf('HARD', 'SOFT')), autoFlow: optional(boolean) })),
});

export function acceptScheduledEventFaults(body: unknown): string[] {
  return acceptance(body, '');
}

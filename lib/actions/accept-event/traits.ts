import type { NodeActionTraits } from '#lib/actions/declaration';
import { acceptScheduledEvent } from '#lib/modelarts/endpoints/accept-scheduled-event';
import { AcceptScheduledEventParameters } from '#lib/modelarts/requests/accept-scheduled-event';

/** Authorizes planned maintenance of a node; a HARD redeployment loses all data on its disks. */
export const acceptEventTraits = {
  name: 'accept-event',
  target: 'nodes',
  endpoint: acceptScheduledEvent,
  vendorName: 'accept',
  parameters: AcceptScheduledEventParameters,
  participle: 'given to maintenance',
  disruptive: () => true,
  deadline: { default: '24h', describe: 'For accepted maintenance of a node, until its end.' },
  until: 'state',
  needs: 'scheduled-events',
  verified: 'maintenance complete',
  describe: {
    rung: 'Authorize the planned maintenance of the node. Parameters: the request body of accept.',
    schedule: 'Authorize the planned maintenance of nodes.',
    function: 'Authorizes planned maintenance of nodes, inside of the windows',
  },
} as const satisfies NodeActionTraits;

import * as z from 'zod';

/** The body of the request. Absent `notBefore`: at once (docs/design/modelarts-notes.md, 3.5). */
export const AcceptScheduledEventRequest = z.strictObject({
  notBefore: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'must be a time in UTC such as 2026-11-20T10:00:00Z')
    .optional()
    .describe('The maintenance begins at this time, in UTC. Absent: at once.'),
  redeployConfig: z
    .strictObject({
      type: z
        .enum(['HARD', 'SOFT'])
        .describe('HARD loses all data on the disks of the node. A node that is unavailable needs HARD.'),
      autoFlow: z.boolean().optional().describe("As in Huawei's SDK, which does not explain it."),
    })
    .optional()
    .describe('The kind of redeployment.'),
});
export type AcceptScheduledEventRequest = z.output<typeof AcceptScheduledEventRequest>;

/** The same as the parameters of a command. `eventId` is for a node with several events that wait. */
export const AcceptScheduledEventParameters = AcceptScheduledEventRequest.extend({
  eventId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The id of the event, for a node with several events that wait.'),
});

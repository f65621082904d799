import * as z from 'zod';
import { ReportedAlert } from './reported-alert.ts';

/** The JSON Schema of the data of an event that reports an alert, for producers and editors. */
export function reportedAlertJsonSchema(): z.core.JSONSchema.BaseSchema {
  const described = ReportedAlert.meta({
    title: 'Reported alert',
    description: 'The data of a CloudEvent, or the detail of an event of EventBridge, that reports an alert',
  });
  return z.toJSONSchema(described, { io: 'input' });
}

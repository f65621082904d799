import type * as z from 'zod';
import { AomEvent, FlatAomEvent } from '#events/aom';
import { CloudEyeAlarm, CloudEyeData } from '#events/cloud-eye';
import { beyondBounds, excerpt, type JsonBounds } from '#lib/bounds';
import { HttpProblem } from '#lib/handler/problem';
import { isRecord } from '#lib/is-record';
import { describeIssues } from '#lib/issues';
import { readJson } from '#lib/read-json';
import { readAomEvent } from './aom.ts';
import { type Carried, readCloudEyeAlarm, readCloudEyeData } from './cloud-eye.ts';
import type { ReceivedAlert } from './source.ts';

/** SMN carries 256 KB at most. */
const BOUNDS: JsonBounds = { depth: 16, values: 2_000, bytes: 512 * 1024 };

const HINT =
  "Poolkeeper reads Cloud Eye's own JSON, without a message template, and JSON templates of AOM with the fields that docs/alerting/huawei.md names";

/**
 * The alert in the text of a notification: an alarm or event of Cloud Eye, or one of AOM.
 *
 * @throws HttpProblem 400 for any other text, with the reason and a hint.
 */
export function readHuaweiAlarm(text: string, carried: Carried): ReceivedAlert {
  const alert = readAlarm(text, carried);
  // SMN tries again for minutes, and each try has the time of the first.
  return alert.status === 'firing' ? { ...alert, saidAt: new Date(carried.sentAt).toISOString() } : alert;
}

function readAlarm(text: string, carried: Carried): ReceivedAlert {
  const json = parse(text);
  if (!isRecord(json)) throw refused('is JSON, but no object');
  const tooMuch = beyondBounds(json, BOUNDS);
  if (tooMuch !== undefined) throw refused(tooMuch);
  if ('alarm_status' in json) return readCloudEyeAlarm(checked(CloudEyeAlarm, json), carried);
  if (isRecord(json['data']) && 'IsAlarm' in json['data'])
    return readCloudEyeData(checked(CloudEyeData, json), carried);
  if ('metadata' in json) return readAomEvent(checked(AomEvent, json), carried);
  if ('event_name' in json) return readAomEvent(checked(FlatAomEvent, json), carried);
  throw refused(
    'is none of the known alarms: it has none of the fields alarm_status, data.IsAlarm, metadata and event_name',
  );
}

function parse(text: string): unknown {
  const read = readJson(text, BOUNDS);
  if ('value' in read) return read.value;
  if (!read.why.startsWith('is not JSON')) throw refused(read.why);
  throw refused(
    `is not JSON, as if a message template had made it: it begins with ${JSON.stringify(excerpt(text.trim(), 40))}`,
  );
}

function checked<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refused(`cannot be read: ${excerpt(describeIssues(parsed.error), 300)}`);
}

function refused(why: string): HttpProblem {
  return new HttpProblem(400, 'Bad Request', `The text of the message ${why}. ${HINT}`, [
    { field: 'message', message: why },
  ]);
}

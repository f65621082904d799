import { textOf } from './mutation.ts';

/** How each sender says that an alert fires, and that it is over; and the names of its messages, which never come twice. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/"(status|state)":"firing"/g, '"$1":"resolved"'],
  [/io\.poolkeeper\.alert\.firing/g, 'io.poolkeeper.alert.resolved'],
  [/"alarm_status":"alarm"/g, '"alarm_status":"ok"'],
  [/"IsAlarm":true/g, '"IsAlarm":false'],
  [/"ends_at":0/g, '"ends_at":1795600800000'],
  [/assertion:Occur/g, 'assertion:Recovery'],
  [/"reason":"Occur"/g, '"reason":"Recovery"'],
  [/is now: True/g, 'is now: False'],
  [/"ALARM"/g, '"OK"'],
  [/\\"ALARM\\"/g, '\\"OK\\"'],
  [/"(id|message_id|uid|MessageId)":"/g, '"$1":"2-'],
];

/** The same delivery once more, after its alerts have ended. */
export function ended(value: unknown): unknown {
  let text = textOf(value);
  for (const [before, after] of CHANGES) text = text.replaceAll(before, after);
  return text === '' ? undefined : JSON.parse(text);
}

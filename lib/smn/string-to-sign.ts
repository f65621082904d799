import type { SmnMessage } from '#events/smn';

/**
 * The text that SMN signs: the name and the value of each signed field, each on a line, in the order of the names. A
 * notification without a subject leaves the subject out.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-smn/smn_ug_a9003.html
 */
export function stringToSign(message: SmnMessage): string {
  const optional =
    message.type === 'Notification' ? { subject: message.subject } : { subscribe_url: message.subscribe_url };
  const { message: content, message_id, timestamp, topic_urn, type } = message;
  return Object.entries({ message: content, message_id, ...optional, timestamp, topic_urn, type })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('');
}

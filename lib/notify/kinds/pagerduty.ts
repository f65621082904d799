import { shortened } from '../words/cut.ts';
import { type Message, textOf } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind } from './kind.ts';

// developer.pagerduty.com/docs/events-api-v2/trigger-events: the limits of `summary` and of `source`, in characters. An event has 512 KB
// at most; a message is far smaller.
const MAX_SUMMARY = 1_024;
const MAX_SOURCE = 1_024;
/** Some 64 KB of UTF-8. */
const MAX_DETAILS = 16_000;

const ACTIONS = { opened: 'trigger', 'taken-up': 'acknowledge', over: 'resolve' } as const;

/** A service of PagerDuty. All notices of one incident have its `dedup_key`, so they change one incident there. */
export const pagerduty: Kind<'pagerduty'> = {
  request({ message }, { url, routingKey }) {
    return jsonRequest(new URL(url), { routing_key: routingKey, ...eventOf(message) });
  },
};

function eventOf(message: Message) {
  const { title, severity, at, links, incident, step, source, about } = message;
  return {
    event_action: ACTIONS[step],
    dedup_key: `poolkeeper/${incident}`.slice(0, 255),
    payload: {
      summary: shortened(title, MAX_SUMMARY),
      source: shortened(source, MAX_SOURCE),
      severity,
      timestamp: at,
      component: shortened(source, MAX_SOURCE),
      class: about,
      custom_details: detailsOf(message),
    },
    links: links.map(({ label, url }) => ({ href: url, text: label })),
    client: 'Poolkeeper',
    ...(links[0] && { client_url: links[0].url }),
  };
}

function detailsOf({ title, lines }: Message): Record<string, string> {
  const named = lines.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text] as const]));
  const listed = lines.filter(({ name }) => name === undefined);
  const list = textOf({ title, lines: listed, links: [] });
  return {
    ...Object.fromEntries(named),
    ...(listed.length > 0 && { Notices: shortened(list, MAX_DETAILS) }),
  };
}

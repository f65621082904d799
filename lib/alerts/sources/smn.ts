import { SmnMessage } from '#events/smn';
import { CLOCK_AHEAD_MS, excerpt } from '#lib/bounds';
import type { Invocation } from '#lib/handler/invocation';
import { type HttpRequest, parseBody } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import type { Logger } from '#lib/log';
import { counted } from '#lib/metrics/embedded';
import { SmnMessagesRefused, SubscriptionsEnded } from '#lib/metrics/table';
import type { Rules } from '#lib/rules/rules';
import type { Certificates } from '#lib/smn/certificates';
import type { HttpsGet } from '#lib/smn/https-get';
import { isSignedBy } from '#lib/smn/signature';
import { stringToSign } from '#lib/smn/string-to-sign';
import { type CheckedUrl, certificateUrl, confirmationUrl } from '#lib/smn/vendor-urls';
import { readHuaweiAlarms } from './huawei-alarm.ts';
import type { AlertSource, SourceServices } from './source.ts';

export type SmnServices = SourceServices & {
  rules: Pick<Rules, 'sources'>;
  smn: {
    certificates: Certificates;
    get: HttpsGet;
    /** `host:port` of a stand-in for SMN. Absent in earnest. */
    standIn?: string | undefined;
  };
};

/** SMN carries 256 KB, and JSON may escape each character of it. */
const LIMITS = { maxBytes: 2 * 1024 * 1024 };

/** SMN waits five seconds. */
const ANSWER_WITHIN_MS = 4_500;

const CONFIRM_WITHIN_MS = 2_000;

/**
 * An older message is a copy: SMN gives up after six tries within minutes. The ids of younger messages are remembered for longer
 * than this.
 */
export const MAX_AGE_MS = 3_600_000;

/**
 * Huawei SMN: alarms of Cloud Eye and AOM. SMN presents no token, but signs each message, for all of its customers with the same
 * key: the topic says whose message it is. The rules file names the topics, and `sender` is the topic.
 */
export const smn: AlertSource<SmnServices> = {
  answerWithinMs: ANSWER_WITHIN_MS,

  async authenticate(request, services, invocation) {
    try {
      const message = parseBody(request, SmnMessage, LIMITS);
      await verify(message, request, services);
      return message.topic_urn;
    } catch (error) {
      throw await turnAway(error, request, services, invocation);
    }
  },

  read(request, services) {
    const message = parseBody(request, SmnMessage, LIMITS);
    const { message_id: messageId, topic_urn: topic, timestamp: sentAt } = message;
    if (message.type === 'Notification') {
      const { subject } = message;
      const alarms = readHuaweiAlarms(message.message, { sentAt, subject });
      const bytes = request.body.length;
      return { kind: 'alerts', messageId, delivery: { source: 'smn', bytes, truncated: 0, ...alarms } };
    }
    if (message.type === 'UnsubscribeConfirmation') {
      const now = services.clock.now();
      const incident = {
        kind: 'incident' as const,
        incident: 'subscription-ended' as const,
        about: excerpt(topic, 256),
        why: 'SMN says that the subscription of this system to the topic has ended: the alarms of the topic do not come here any more',
        at: sentAt,
      };
      return { kind: 'confirmation', messageId, incident, confirm: (log) => noteEnd(topic, log, now) };
    }
    const { standIn, get } = services.smn;
    const place = { region: regionOf(topic), standIn };
    const url = allowed('subscribe_url', confirmationUrl(message.subscribe_url, place));
    return { kind: 'confirmation', messageId, confirm: (log) => confirmSubscription(topic, url, get, log) };
  },
};

/** Checks first what costs nothing, so that a stranger makes this system send no request. */
async function verify(
  message: SmnMessage,
  { headers }: Pick<HttpRequest, 'headers'>,
  { rules, clock, smn: { certificates, standIn } }: SmnServices,
): Promise<void> {
  const { topic_urn: topic, signing_cert_url: certUrl, signature } = message;
  requireSameHeaders(message, headers);
  if (!rules.sources?.smn?.topics.includes(topic)) {
    const why = `The rules file does not allow the topic ${excerpt(topic, 300)}: add it to sources.smn.topics`;
    throw new HttpProblem(403, 'Forbidden', why);
  }
  requireFresh(message.timestamp, clock.now());
  const url = allowed('signing_cert_url', certificateUrl(certUrl, { region: regionOf(topic), standIn }));
  const found = await certificates.at(url);
  if (found.kind === 'passing') {
    const why = `The certificate ${url.href} cannot be read now: ${found.why}. Send the message again`;
    throw new HttpProblem(503, 'Service Unavailable', why);
  }
  if (found.kind === 'refused') throw unauthorized(`The certificate ${url.href} ${found.why}`);
  if (!isSignedBy(found.key, stringToSign(message), signature)) {
    throw unauthorized(
      'The signature is not that of the message: it was changed on its way, or does not come from SMN',
    );
  }
}

/** The headers repeat what the body says. Each that is there must agree with it. */
function requireSameHeaders(message: SmnMessage, headers: HttpRequest['headers']): void {
  const expected = {
    'x-smn-message-type': message.type,
    'x-smn-message-id': message.message_id,
    'x-smn-topic-urn': message.topic_urn,
  };
  for (const [name, value] of Object.entries(expected)) {
    const sent = headers[name];
    if (sent !== undefined && sent.toLowerCase() !== value.toLowerCase())
      throw unauthorized(`The header ${name} does not say what the body says`);
  }
}

function requireFresh(timestamp: string, now: number): void {
  const ageMs = now - Date.parse(timestamp);
  if (ageMs > MAX_AGE_MS)
    throw unauthorized(`The message is of ${timestamp}. It is more than an hour old, so it may be a copy`);
  if (ageMs < -CLOCK_AHEAD_MS) {
    const here = new Date(now).toISOString();
    throw unauthorized(`The message is of ${timestamp}, which is in the future: it is ${here} here`);
  }
}

/** @throws HttpProblem 401 for an address that no request goes to. */
function allowed(field: string, checked: CheckedUrl): URL {
  if (checked.kind === 'allowed') return checked.url;
  throw unauthorized(`The address in ${field} ${checked.why}`);
}

function regionOf(topic: string): string {
  return topic.split(':')[2] ?? '';
}

async function confirmSubscription(topic: string, url: URL, get: HttpsGet, log: Logger): Promise<string> {
  const got = await get(url, { timeoutMs: CONFIRM_WITHIN_MS, maxBytes: 64 * 1024 });
  if (got.kind === 'answer') {
    log.info('a subscription to a topic of SMN is confirmed', { topic });
    return `the subscription to ${topic} is confirmed`;
  }
  const why = `The subscription to ${topic} is not confirmed: ${got.why}`;
  if (got.kind === 'passing')
    throw new HttpProblem(503, 'Service Unavailable', `${why}. Send the message again`);
  throw new HttpProblem(400, 'Bad Request', `${why}. Ask for the confirmation again in the console of SMN`);
}

/** The address in the message is not followed: it would subscribe again. */
function noteEnd(topic: string, log: Logger, at: number): Promise<string> {
  log.warn('a subscription to a topic of SMN has ended: its alarms do not come here any more', {
    ...counted(SubscriptionsEnded, 1, {}, at),
    topic,
  });
  return Promise.resolve(
    `the subscription to ${topic} has ended. If it must not end, subscribe again in the console of SMN`,
  );
}

function unauthorized(why: string): HttpProblem {
  return new HttpProblem(401, 'Unauthorized', why);
}

/** Counts a message without an accepted signature, and has the log bounded. @returns the problem to answer with. */
async function turnAway(
  error: unknown,
  { from }: Pick<HttpRequest, 'from'>,
  { door }: SourceServices,
  { log }: Invocation,
): Promise<unknown> {
  if (!(error instanceof HttpProblem) || error.status >= 500) return error;
  const { status, title, message, errors } = error;
  await door.turnAway(
    {
      message: 'messages were refused: they do not come from an allowed topic of SMN',
      metric: SmnMessagesRefused,
      labels: {},
      last: { from, status, why: excerpt(message, 500) },
    },
    log,
  );
  return new HttpProblem(status, title, message, errors, { isLogged: true });
}

import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { createCertificates } from '#lib/smn/certificates';
import type { Got } from '#lib/smn/https-get';
import { issueCertificate } from '#local/smn/certificate';
import { signMessage } from '#local/smn/sign-message';
import { createBench } from '#test/remediation/bench';
import { cloudEyeAlarm, TOPIC } from '#test/smn/samples';
import { knock } from './knock.ts';

const HOST = 'localhost:8443';
const AT = Date.parse('2026-11-20T10:00:00Z');
const DAY_MS = 24 * 3_600_000;
const valid = { from: AT - DAY_MS, until: AT + 30 * DAY_MS };
const authority = issueCertificate({ name: 'authority', isAuthority: true, ...valid });
const issued = issueCertificate({ name: 'localhost', issuer: authority, ...valid });
export const CERTIFICATE_URL = `https://${HOST}/smn/SMN_test.pem`;
export const CONFIRM_URL = `https://${HOST}/smn/subscription/confirm?token=t0&topic_urn=${TOPIC}`;

const SMN_RULES = `
pools:
  train-a: { id: pool-9d3f, budget: { maxUnavailable: 100%, perDay: 100% } }
sources:
  smn: { topics: ["${TOPIC}"] }
rules:
  - name: card-lost
    when: { source: smn, event: NPUSMICardNotFound }
    node: { from: labels.private_ip }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: hot
    when: { source: smn, severity: Critical, labels: { alertname: alarm-shop } }
    node: { from: labels.private_ip }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`;

/** The front door with a topic of SMN that is allowed, and an SMN whose key the test has. */
export function createSmnDoor(rulesText = SMN_RULES) {
  const bench = createBench(rulesText);
  const { clock } = bench.services;
  const requested: string[] = [];
  const answers: Record<'certificate' | 'confirmation', Got> = {
    certificate: { kind: 'answer', body: issued.cert },
    confirmation: { kind: 'answer', body: '' },
  };
  const get = (url: URL): Promise<Got> => {
    requested.push(url.href);
    const isFile = url.pathname.endsWith('.pem');
    if (isFile && url.href !== CERTIFICATE_URL)
      return Promise.resolve({ kind: 'refused', why: 'it answered 404' });
    return Promise.resolve(isFile ? answers.certificate : answers.confirmation);
  };
  const standIn = { host: HOST, ca: authority.cert };
  const services = {
    ...bench.services,
    door: createDoor([toCaller('a-good-token-of-thirty-two-chars-or-more', 'webhook')!], clock),
    smn: { get, certificates: createCertificates(get, clock, { pinned: [], standIn }), standIn: HOST },
  };
  let number = 0;

  /** A signed message: a notification with a Cloud Eye alarm, unless it says otherwise. */
  function message(fields: Record<string, unknown> = {}): Record<string, unknown> {
    number += 1;
    const unsigned = {
      type: 'Notification',
      subject: '[Critical Alarm]From Cloud Eye: …',
      topic_urn: TOPIC,
      message_id: `d3df1fb0248f48b69fb9df46761${String(number).padStart(5, '0')}`,
      message: JSON.stringify(cloudEyeAlarm),
      timestamp: new Date(clock.now()).toISOString(),
      ...fields,
    };
    return signMessage(unsigned, issued.key, CERTIFICATE_URL);
  }

  async function deliver(
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: any }> {
    return knock(services, bench, { source: 'smn', headers, body });
  }

  return {
    bench,
    services,
    requested,
    answers,
    message,
    deliver,
    events: async () => (await listEvents(bench.store, EventsQuery.parse({}), bench.now())).events,
    remediations: () => bench.store.documents().filter(({ pk }) => pk.startsWith('remediation#')),
  };
}

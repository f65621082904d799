import * as fc from 'fast-check';
import { Command } from '#events/command';
import { routes, sources } from '#functions/receive-alert';
import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { answerRequest } from '#lib/handler/on-http';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { alertDocumentKind } from '#lib/ledger/alert-document';
import { listRemediations } from '#lib/ledger/listing/listing';
import { ListQuery } from '#lib/ledger/listing/query';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { parseMany } from '#lib/ledger/read-many';
import { remediationKind } from '#lib/ledger/remediation';
import type { Document, Store } from '#lib/ledger/store';
import { httpEvent } from '#test/handler/http-event';
import { createBench, POOL } from '#test/remediation/bench';
import { samplesOf } from './corpus.ts';
import { ended } from './ending.ts';
import { demand, type Subject } from './finding.ts';
import { AT } from './instant.ts';
import {
  type ByteMutation,
  byteMutation,
  type Mutation,
  mutated,
  mutatedBytes,
  mutation,
  textOf,
} from './mutation.ts';
import { createSmn, ENTRIES, isGood, type Proof, proof, proofHeaders, SECRETS, TOPIC } from './seal.ts';

/** Every readable alert leads to a command, so that alerts that must lead to none show. */
const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
sources: { smn: { topics: ["${TOPIC}"] } }
rules:
  - name: from-label
    when: { labels: { pool: "*" } }
    node: { from: labels.instance }
    pool: { from: labels.pool }
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: from-smn
    when: { source: smn }
    node: { from: labels.private_ip }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} }, { notify: { severity: critical } } ]
  - name: from-node
    when: { labels: { node: "*" } }
    node: { from: labels.node }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: any
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`;

type Input = {
  sample: number;
  mutations: Mutation[];
  bytes: ByteMutation[];
  proof: Proof;
  headers: Record<string, string>;
  /** Whether the same is delivered again, with its alerts ended. */
  ends: boolean;
};

const oddHeaders = fc.oneof(
  { arbitrary: fc.constant<Record<string, string>>({}), weight: 8 },
  {
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'x-smn-message-type',
        'ce-id',
        'ce-type',
        '__proto__',
      ),
      fc.oneof(
        fc.constantFrom('gzip', 'identity', 'application/json', 'text/plain; charset=utf-8', 'text/xml', ''),
        fc.string({ unit: 'binary', maxLength: 12 }),
      ),
      { maxKeys: 3 },
    ),
    weight: 2,
  },
);

/** The names of all sources of alerts. */
export const sourceNames: readonly string[] = Object.keys(sources);

/** The front door of a source, in a world of its own for each input. Nothing but its defences is kept from input to input. */
export function frontDoor(source: string): Subject<Input> {
  const bench = createBench(RULES);
  const samples = samplesOf(source);
  const smn = createSmn();
  const callers = ENTRIES.flatMap((entry) => toCaller(entry, 'webhook') ?? []);
  const door = createDoor(callers, bench.services.clock);

  function valueOf({ sample, mutations }: Input): unknown {
    return mutated(samples[sample % samples.length]!.body, mutations);
  }

  function requestOf({ sample, bytes, proof: how, headers }: Input, value: unknown) {
    const { headers: own } = samples[sample % samples.length]!;
    const seal = source === 'smn' ? smn.sealed(value) : { body: value, isSigned: isGood(how) };
    const text = Buffer.from(typeof seal.body === 'string' ? seal.body : textOf(seal.body));
    const sent = mutatedBytes(text, bytes);
    return {
      sent,
      // A signed message may be changed where it does not matter, such as by a space.
      isAuthentic: seal.isSigned,
      isTouched: source === 'smn' && bytes.length > 0,
      headers: { 'content-type': 'application/json', ...own, ...proofHeaders(how, sent), ...headers },
    };
  }

  /** Sends one request, and looks at the answer. */
  async function deliver({ sent, headers }: ReturnType<typeof requestOf>, store: Store) {
    const services = { ...bench.services, store, door, smn: smn.services() };
    const event = httpEvent('POST /alerts/{source}', {
      body: sent.toString('base64'),
      isBase64Encoded: true,
      pathParameters: { source },
      headers,
    });
    const answer = await answerRequest(event, routes, () => Promise.resolve(services), bench.invocation());
    const { statusCode: status = 0, body: answered = '' } = answer;
    demand([202, 400, 401, 403, 413, 415].includes(status), `the answer is ${status}: ${answered}`);
    return { status, answered };
  }

  async function give(input: Input): Promise<string> {
    const value = valueOf(input);
    const request = requestOf(input, value);
    const { isAuthentic, isTouched } = request;
    const store = createMemoryStore();
    clear(bench, smn.requested);
    const { status, answered } = await deliver(request, store);

    demand(typeof JSON.parse(answered) === 'object', 'the answer is a JSON object');
    demand(isAuthentic || isTouched || status !== 202, 'no sender without a proof is believed');
    const shown = `${answered}${bench.logs.join('')}${JSON.stringify(store.documents())}`;
    demand(!SECRETS.some((secret) => shown.includes(secret)), 'no secret is shown');
    demand(!bench.logs.some((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line)), 'the log is printable');
    demand(
      smn.requested.every((url) => smn.isCertificate(url) || (status === 202 && url.includes('/confirm'))),
      `no request leaves but for a certificate and a confirmation: ${smn.requested.join(' ')}`,
    );

    const effects = store.documents().filter(({ pk }) => !/^(?:deliveries|mentioned)#/.test(pk));
    const { commands, follow, deadLetters } = bench.queues;
    const sentCount = commands.length + follow.length + deadLetters.length + bench.notices.length;
    if (status !== 202) demand(effects.length + sentCount === 0, `a refused request has no effect`);
    for (const { body } of commands)
      demand(Command.safeParse(JSON.parse(body)).success, `a command on its queue can be read: ${body}`);
    demand(bench.requests.length === 0, 'the front door calls no API');

    if (input.ends && commands.length > 0) {
      await deliver(requestOf({ ...input, bytes: [], proof: 'token' }, ended(value)), store);
      demandEndsKnown(store.documents());
    }
    const events = await listEvents(store, EventsQuery.parse({}), AT);
    const remediations = await listRemediations(store, bench.rules, ListQuery.parse({}), AT);
    demand(events.unreadable.length + remediations.unreadable.length === 0, 'the ledger can be read back');
    return commands.length > 0 ? `${status} with commands` : String(status);
  }

  return {
    name: source,
    samples: samples.length,
    inputs: fc.record({
      sample: fc.nat(1_000),
      mutations: fc.array(mutation, { maxLength: 4 }),
      bytes: fc.oneof(
        { arbitrary: fc.constant<ByteMutation[]>([]), weight: 5 },
        { arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 2 }), weight: 1 },
      ),
      proof,
      headers: oddHeaders,
      ends: fc.boolean(),
    }),
    give,
    show(input) {
      const { sent, headers } = requestOf(input, valueOf(input));
      return `${JSON.stringify(headers)}\n${sent.toString('latin1').slice(0, 2_000)}`;
    },
  };
}

/** Each alert of a remediation that has ended since has its end entered there. */
function demandEndsKnown(documents: readonly Document[]): void {
  const remediations = parseMany(remediationKind, ofKind(documents, 'remediation#')).values;
  for (const { fingerprint, episodes } of parseMany(alertDocumentKind, ofKind(documents, 'alert#')).values) {
    for (const { closing, about } of episodes) {
      const { resolvedAlerts = {} } = remediations.find(({ id }) => id === about?.remediation) ?? {};
      demand(
        !closing || !about || Object.hasOwn(resolvedAlerts, fingerprint),
        `the remediation of ${fingerprint} knows that it has ended`,
      );
    }
  }
}

function ofKind(documents: readonly Document[], prefix: string): Document[] {
  return documents.filter(({ pk }) => pk.startsWith(prefix));
}

function clear(bench: ReturnType<typeof createBench>, requested: string[]): void {
  bench.queues.commands = [];
  bench.queues.follow = [];
  bench.queues.deadLetters = [];
  for (const list of [bench.notices, bench.logs, bench.requests, requested]) list.length = 0;
}

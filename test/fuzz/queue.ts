import * as fc from 'fast-check';
import { Command } from '#events/command';
import { FollowMessage } from '#events/follow';
import { NotifyMessage } from '#events/notice';
import { TagPolicyMessage } from '#events/tag-policy';
import { type Action, actions } from '#lib/actions/traits';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { definitions } from '#lib/implementations';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { notifyRecipients } from '#lib/notify/tell';
import { handleCommands } from '#lib/remediation/execution/act';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import { declaredFunctions } from '#local/stack/functions';
import { fixedSecrets } from '#test/notify/fixed-secrets';
import { createBench, POOL } from '#test/remediation/bench';
import { messagesFor } from './corpus.ts';
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

const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  quarantine: { id: pool-7c41-6f5da086876d4cd084d36f8bd3346036 }
notify: [ { kind: webhook, url: "https://example.com/hook" } ]
`;

type Input = { sample: number; mutations: Mutation[]; bytes: ByteMutation[]; receives: number };

/** The functions with a queue. */
export const queueNames: readonly string[] = declaredFunctions
  .filter(({ trigger }) => trigger.kind === 'queue')
  .map(({ name }) => name);

const SCHEMAS: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> = {
  'poll-jobs': FollowMessage,
  notify: NotifyMessage,
  'enforce-tag-policy': TagPolicyMessage,
};

const isAction = (name: string): name is Action => actions.some((action) => action === name);

const post = () => Promise.resolve({ outcome: 'told' as const });

/** The queue of a function, in a world of its own for each input. A readable message lies beside each input. */
export function queueOf(queue: string): Subject<Input> {
  const bench = createBench(RULES, isAction(queue) ? definitions[queue] : undefined);
  const samples = messagesFor(queue);
  const { services } = bench;

  function handle(records: readonly QueueRecord[], store: typeof bench.store, invocation: Invocation) {
    const own = { ...services, store };
    if (isAction(queue)) return handleCommands(definitions[queue])(records, own, invocation);
    if (queue === 'poll-jobs') return pollCalls(records, own, invocation);
    if (queue === 'notify')
      return notifyRecipients(records, { ...own, post, secrets: fixedSecrets() }, invocation);
    return receivePolicies(records, { ...own, commands: services.commands['update-nodes'] }, invocation);
  }

  function bodyOf({ sample, mutations, bytes }: Input): string {
    const { body } = samples[sample % samples.length]!;
    return mutatedBytes(Buffer.from(textOf(mutated(body, mutations))), bytes).toString('utf8');
  }

  async function give(input: Input): Promise<string> {
    const body = bodyOf(input);
    const store = createMemoryStore();
    reset(bench);
    const shared = { sentAtMs: AT, receiveCount: input.receives };
    const records = [{ messageId: 'odd', body, ...shared }, ...neighbourOf(queue, shared)];
    const again = await handle(records, store, bench.invocation());

    const schema = SCHEMAS[queue] ?? Command;
    const isReadable = 'value' in readMessage(body, schema as typeof Command, 'a message');
    const { deadLetters } = bench.queues;
    const buried = deadLetters.filter((letter) => letter.body === body);
    if (!isReadable) {
      demand(!again.includes('odd'), 'an unreadable message is not delivered again');
      demand(buried.length === 1, 'an unreadable message is one dead letter');
      demand((buried[0]?.attributes?.['reason'] ?? '') !== '', 'its dead letter has a reason');
      demand(writesIn(bench).length === 0, 'an unreadable message leads to no call');
    }
    const isLost = deadLetters.some((letter) => letter.body !== body);
    demand(!isLost && !again.includes('neighbour'), 'the message beside it is worked on');
    if (isAction(queue)) {
      const kept = store.documents().some(({ pk }) => pk === 'remediation#neighbour');
      demand(kept, 'the command beside it is in the ledger');
    }
    return isReadable ? (buried.length > 0 ? 'refused' : again.length > 0 ? 'again' : 'taken') : 'unreadable';
  }

  return {
    name: queue,
    samples: samples.length,
    inputs: fc.record({
      sample: fc.nat(1_000),
      mutations: fc.array(mutation, { maxLength: 4 }),
      bytes: fc.oneof(
        { arbitrary: fc.constant<ByteMutation[]>([]), weight: 5 },
        { arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 2 }), weight: 1 },
      ),
      receives: fc.constantFrom(1, 4, 5),
    }),
    give,
    show: (input) => bodyOf(input).slice(0, 2_000),
  };
}

/** A readable message that only observes. */
function neighbourOf(queue: string, shared: Pick<QueueRecord, 'sentAtMs' | 'receiveCount'>): QueueRecord[] {
  const [sample] = messagesFor(queue);
  if (!isAction(queue) || typeof sample?.body !== 'object') return [];
  const body = JSON.stringify({ ...sample.body, id: 'neighbour', mode: 'observe' });
  return [{ messageId: 'neighbour', body, ...shared }];
}

function writesIn(bench: ReturnType<typeof createBench>): unknown[] {
  return bench.requests.filter(({ endpoint }) => !/^(?:list|show)/.test(endpoint));
}

function reset(bench: ReturnType<typeof createBench>): void {
  bench.queues.commands = [];
  bench.queues.follow = [];
  bench.queues.deadLetters = [];
  for (const list of [bench.notices, bench.logs, bench.requests, bench.jobs]) list.length = 0;
  for (const node of bench.nodes.values()) node.phase = 'Abnormal';
}

import type { Call } from '#local/cloud/iam/statement';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { SimulatedQueue } from '#local/rehearsal/cloud/queue';
import type { Table } from '#local/rehearsal/cloud/table';
import type { Process } from '#local/rehearsal/engine/process';
import { deadLetters as deadLettersOf } from '#local/stack/names';
import { sendTo, toldStore } from '#test/iam/store-calls';

/** One thing that a function has asked of its role. */
export type Asked = { functionName: string; call: Call };

const functionOf = ({ name }: Pick<Process, 'name'>): string => name.replace(/#.*$/, '');

/** Notes what the functions of a world ask of their roles. */
export function createAsked() {
  const calls = new Map<string, Asked>();

  function note(process: Pick<Process, 'name'>, call: Call): void {
    const functionName = functionOf(process);
    // A condition depends only on the kind of a key.
    const partitions = Object.values(call.context ?? {})
      .flat()
      .map((key) => key.replace(/#.*$/s, ''));
    const key = [functionName, call.action, call.resource, ...new Set(partitions)].join(' ');
    if (!calls.has(key)) calls.set(key, { functionName, call });
  }

  function watchQueue(queue: SimulatedQueue, nameFor: (functionName: string) => string): void {
    const { senderOf } = queue;
    queue.senderOf = (process) => {
      const sender = senderOf(process);
      return {
        send(messages) {
          if (messages.length > 0) note(process, sendTo(nameFor(functionOf(process))));
          return sender.send(messages);
        },
      };
    };
  }

  return {
    calls: (): Asked[] => [...calls.values()],
    /** The same table, whose stores note what they are asked. */
    tableOf: (table: Table): Table => ({
      ...table,
      storeOf: (process) => toldStore(table.storeOf(process), (call) => note(process, call)),
    }),
    /** From now on messages are noted, too. */
    watch({ queues, deadLetters }: Pick<Deployment, 'queues' | 'deadLetters'>): void {
      for (const [name, queue] of queues) watchQueue(queue, () => name);
      // A world has no dead-letter queue of a function without a queue, and gives it that of another.
      for (const queue of deadLetters.values()) watchQueue(queue, deadLettersOf);
    },
  };
}

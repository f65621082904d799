import { simulatorCredentials } from './credentials.ts';
import type { SimulatorOptions } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/** The simulator cannot start. The message is complete. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
}

const messageOf = (error: unknown, port: number): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EADDRINUSE'
    ? `Port ${port} is taken: give another one with --port, or --port 0 for any free one.`
    : error.message;
};

/** Where it is and how to use it, in lines. */
export const greeting = ({ url, credentials, projectId, control }: Simulator): string => {
  const { pools, settings } = control.state();
  const node = pools[0]?.nodes[0]?.name ?? '';
  return `ModelArts simulator: ${url} (speed ${settings.speed})
${pools.map(({ name, id, nodes }) => `  pool ${name}: ${id}, ${nodes.length} nodes`).join('\n')}

To point a client at it:
  MODELARTS_ENDPOINT=${url}
  HUAWEICLOUD_SDK_AK=${credentials.accessKey}
  HUAWEICLOUD_SDK_SK=${credentials.secretKey === simulatorCredentials.secretKey ? credentials.secretKey : '(as given)'}
  HUAWEICLOUD_SDK_PROJECT_ID=${projectId}

To look at it, to break a node, to make the next reset's answer get lost:
  curl ${url}/simulator
  curl -X POST ${url}/simulator/nodes/${node} -d '{"phase":"Abnormal"}'
  curl -X POST ${url}/simulator/faults -d '{"kind":"lost-answer","match":{"endpoint":"batch-reset-nodes"},"count":1}'

Ctrl+C ends it.
`;
};

/**
 * Runs the simulator until the signal aborts.
 *
 * @param tell gets it when it is up
 * @throws SimulatorError if its port is taken
 */
export async function runSimulator(
  options: SimulatorOptions,
  tell: (simulator: Simulator) => void,
  signal: AbortSignal,
): Promise<void> {
  const simulator = await startSimulator(options).catch((error: unknown) => {
    throw new SimulatorError(messageOf(error, options.port), { cause: error });
  });
  tell(simulator);
  const ended = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (!signal.aborted) await ended.promise;
  await simulator.close();
}

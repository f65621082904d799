import { printable } from '#lib/printable';
import { complain } from '#local/screen/complain';
import { readCommandLine, usage } from './command-line.ts';
import { simulatorCredentials } from './credentials.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const fail = (message: string): never => {
  complain(message);
  process.exit(1);
};

const messageOf = (error: unknown, port: number): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EADDRINUSE'
    ? `Port ${port} is taken: give another one with --port, or --port 0 for any free one.`
    : error.message;
};

const greeting = ({ url, credentials, projectId, control }: Simulator): string => {
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

const main = async (): Promise<void> => {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) {
    process.stdout.write(usage);
    return;
  }
  const simulator = await startSimulator(commandLine.options).catch((error: unknown) =>
    fail(messageOf(error, commandLine.options.port)),
  );
  process.stdout.write(greeting(simulator).split('\n').map(printable).join('\n'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
};

await main().catch((error: unknown) => fail(`${messageOf(error, 0)}\nSee npm run simulator -- --help`));

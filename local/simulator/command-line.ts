import { parseArgs } from 'node:util';
import { describeIssues } from '#lib/issues';
import { oddities } from './odd-replies/oddity.ts';
import { defaultPool, SimulatorOptions } from './options.ts';

/** Lines of words below each other in the help. */
function wrapped(words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    if (`${lines.at(-1)} ${word}`.length > 76) lines.push('');
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines.join(`\n${' '.repeat(37)}`);
}

export const usage = `Usage: npm run simulator -- [options]

A ModelArts simulator on 127.0.0.1: try your rules on it, at any speed and with any fault.

  --port <number>                  0 takes any free port; default 4010
  --speed <factor>                 simulated seconds per second; 60: a six-minute job lasts six seconds; default 1
  --nodes <count>                  nodes of the pool train-a, and of each further pool; default 8
  --pool <name>[=<nodes>]          a pool beside train-a, instead of quarantine; may be repeated
  --seed <text>                    the same seed gives the same names, durations and chances
  --job-duration <seconds>         median simulated time of a job per node; default 360
  --job-jitter <sigma>             spread around it, 0 for none; default 0.25
  --node-failures-per-day <rate>   how often a healthy node fails by itself; default 0
  --fault <fault>                  a deliberate failure; may be repeated:
                                     slow,delayMs=2000
                                     throttled,endpoint=batch-reset-nodes,count=2,retryAfterSeconds=3
                                     lost-answer,endpoint=batch-reset-nodes,count=1
                                     stays-broken,node=os-node-created-lv29s
                                     odd-reply,oddity=null-items,endpoint=list-nodes,probability=0.2,lastsSeconds=600
                                     refused,status=403,code=ModelArts.0210,endpoint=list-workloads,count=3
                                   endpoint, pool, node and nodePool select requests; count, probability and
                                   lastsSeconds (simulated) limit how often and how long;
                                   an oddity replaces the right answer to a reading:
                                     ${wrapped([...oddities, 'stale'])}
                                   or the same as JSON; for all kinds see local/simulator/faults/fault.ts
  --batch-update-answer <shape>    entries of the lists in batch-update's answer: objects or strings; default objects
  --node-status-without <parts>    parts that the API omits from a node: driver, os, plugins; with commas
  --access-key, --secret-key, --project-id <text>
                                   the signing key of requests, instead of the simulator's own
  --help

While it runs, POST to /simulator on its address, without a signature:
  /simulator/nodes/<name>          {"phase":"Abnormal","staysBroken":true}, {"privateIp":"10.0.0.12"},
                                   {"driverVersion":"23.0","os":"EulerOS 2.9","plugins":{"maos-node-agent":"7.2"}},
                                   {"workload":"llm-7","workloadType":"infer","workloadStatus":"Pending"}; types are
                                   train infer notebook x-infer, statuses Queue Pending Abnormal Terminating Creating
                                   Running Completed Terminated Failed; nodes with one name have the workload together
  /simulator/faults                a fault as JSON: {"kind":"odd-reply","oddity":"null-items","count":3}
`;

const matchKeys = new Set(['endpoint', 'pool', 'node', 'nodePool']);

/** `kind,key=value,…` as a fault object. It is checked later, with the other options. */
const faultOf = (text: string): unknown => {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`--fault ${text}: is not JSON`);
    }
  }
  const [kind, ...settings] = text.split(',');
  const match: Record<string, string> = {};
  const fault: Record<string, unknown> = { kind, match };
  for (const setting of settings) {
    const [key = '', value] = setting.split(/=(.*)/s);
    if (value === undefined) throw new Error(`--fault ${text}: "${setting}" is not key=value`);
    if (matchKeys.has(key)) match[key] = value;
    else fault[key] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return fault;
};

const poolOf = (text: string): object => {
  const [name, nodes] = text.split('=');
  return { name, ...(nodes !== undefined && { nodes: Number(nodes) }) };
};

const numberOf = (flag: string, text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new Error(`--${flag} ${text}: is not a number`);
  return value;
};

export type CommandLine =
  | { readonly help: true }
  | { readonly help: false; readonly options: SimulatorOptions };

/** Reads the flags; throws an Error whose message is fit to print. */
export const readCommandLine = (args: readonly string[]): CommandLine => {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { ...text, default: '4010' },
      speed: text,
      nodes: text,
      pool: list,
      seed: text,
      'job-duration': text,
      'job-jitter': text,
      'node-failures-per-day': text,
      'batch-update-answer': text,
      'node-status-without': text,
      fault: list,
      'access-key': text,
      'secret-key': text,
      'project-id': text,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { help: true };
  const number = (
    name: string,
    flag: 'speed' | 'nodes' | 'job-duration' | 'job-jitter' | 'node-failures-per-day',
  ) => values[flag] !== undefined && { [name]: numberOf(flag, values[flag]) };
  const string = (
    name: string,
    flag: 'seed' | 'batch-update-answer' | 'access-key' | 'secret-key' | 'project-id',
  ) => values[flag] !== undefined && { [name]: values[flag] };
  const parsed = SimulatorOptions.safeParse({
    port: numberOf('port', values.port),
    ...(values.pool && { pools: [defaultPool, ...values.pool.map(poolOf)] }),
    faults: (values.fault ?? []).map(faultOf),
    ...number('speed', 'speed'),
    ...number('nodes', 'nodes'),
    ...number('jobDurationSeconds', 'job-duration'),
    ...number('jobDurationJitter', 'job-jitter'),
    ...number('nodeFailuresPerDay', 'node-failures-per-day'),
    ...string('batchUpdateAnswer', 'batch-update-answer'),
    ...(values['node-status-without'] !== undefined && {
      nodeStatusWithout: values['node-status-without'].split(','),
    }),
    ...string('seed', 'seed'),
    ...string('accessKey', 'access-key'),
    ...string('secretKey', 'secret-key'),
    ...string('projectId', 'project-id'),
  });
  if (!parsed.success) throw new Error(describeIssues(parsed.error));
  return { help: false, options: parsed.data };
};

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
  return lines.join('\n  ');
}

/** The text for people beside the list of flags: faults, and the control routes. */
export const notes = `A fault is a deliberate failure, such as
  slow,delayMs=2000
  throttled,endpoint=batch-reset-nodes,count=2,retryAfterSeconds=3
  lost-answer,endpoint=batch-reset-nodes,count=1
  stays-broken,node=os-node-created-lv29s
  odd-reply,oddity=null-items,endpoint=list-nodes,probability=0.2
  refused,status=403,code=ModelArts.0210,endpoint=list-workloads,count=3
or the same as JSON. endpoint, pool, node and nodePool select requests; count,
probability and lastsSeconds (simulated) limit how often and how long. An oddity
replaces the right answer to a reading:
  ${wrapped([...oddities, 'stale'])}

While it runs, POST to these routes of its address, without a signature:
  /simulator/nodes/<name>
    {"phase":"Abnormal","staysBroken":true}, {"privateIp":"10.0.0.12"},
    {"driverVersion":"23.0","os":"EulerOS 2.9","plugins":{"npu-agent":"7.2"}},
    {"workload":"llm-7","workloadType":"infer","workloadStatus":"Pending"}
    Types are train infer notebook x-infer. Statuses are Queue Pending Abnormal
    Terminating Creating Running Completed Terminated Failed. Nodes with one
    name have the workload together.
  /simulator/faults
    a fault as JSON: {"kind":"odd-reply","oddity":"null-items","count":3}`;

const matchKeys = new Set(['endpoint', 'pool', 'node', 'nodePool']);

/** `kind,key=value,…` as a fault object. It is checked later, with the other options. */
const faultOf = (text: string): unknown => {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      throw new FlagError(`--fault ${text}: is not JSON`);
    }
  }
  const [kind, ...settings] = text.split(',');
  const match: Record<string, string> = {};
  const fault: Record<string, unknown> = { kind, match };
  for (const setting of settings) {
    const [key = '', value] = setting.split(/=(.*)/s);
    if (value === undefined) throw new FlagError(`--fault ${text}: "${setting}" is not key=value`);
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
  if (text.trim() === '' || Number.isNaN(value)) throw new FlagError(`--${flag} ${text}: is not a number`);
  return value;
};

/** The flags as the user gave them. */
export type SimulatorFlags = {
  port?: string;
  speed?: string;
  nodes?: string;
  pool?: readonly string[];
  seed?: string;
  jobDuration?: string;
  jobJitter?: string;
  nodeFailuresPerDay?: string;
  batchUpdateAnswer?: string;
  nodeStatusWithout?: string;
  fault?: readonly string[];
  accessKey?: string;
  secretKey?: string;
  projectId?: string;
};

/** A flag has a wrong value. The message is complete. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** The options that have a value: the others have their defaults. */
const given = (options: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Reads the flags. @throws FlagError */
export const readFlags = (values: SimulatorFlags): SimulatorOptions => {
  const number = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : numberOf(flag, text);
  const parsed = SimulatorOptions.safeParse(
    given({
      port: numberOf('port', values.port ?? '4010'),
      speed: number('speed', values.speed),
      nodes: number('nodes', values.nodes),
      pools: values.pool && [defaultPool, ...values.pool.map(poolOf)],
      seed: values.seed,
      jobDurationSeconds: number('job-duration', values.jobDuration),
      jobDurationJitter: number('job-jitter', values.jobJitter),
      nodeFailuresPerDay: number('node-failures-per-day', values.nodeFailuresPerDay),
      faults: (values.fault ?? []).map(faultOf),
      batchUpdateAnswer: values.batchUpdateAnswer,
      nodeStatusWithout: values.nodeStatusWithout?.split(','),
      accessKey: values.accessKey,
      secretKey: values.secretKey,
      projectId: values.projectId,
    }),
  );
  if (!parsed.success) throw new FlagError(describeIssues(parsed.error));
  return parsed.data;
};

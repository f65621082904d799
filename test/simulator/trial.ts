import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import type { SimulatorOptionsInput } from '#local/simulator/options';
import { type Simulator, startSimulator } from '#local/simulator/simulator';

export const trainA = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
export const firstNode = 'os-node-created-lv29s';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Changes what was signed, right before it is sent. */
  readonly tamper?: (request: { url: URL; headers: Record<string, string>; body?: string }) => void;
  readonly project?: string;
  /** The version in the path. @default 'v2' */
  readonly version?: 'v1' | 'v2';
  readonly secretKey?: string;
  readonly signedAtMs?: number;
}

/** A simulator on a clock of the test's own, and a client that signs with Huawei's SDK. */
export interface Trial extends AsyncDisposable {
  readonly simulator: Simulator;
  /** Lets real time go by. */
  pass(seconds: number): void;
  nowMs(): number;
  /** How long slow answers were made to wait. */
  readonly delays: readonly number[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks for a reset and returns the answer. */
  reset(nodes: readonly string[], maxUnavailable?: number, strategy?: string): Promise<Answer>;
  nodeNames(): string[];
  phase(node: string): string | undefined;
  job(id: string): ReturnType<Simulator['control']['state']>['jobs'][number] | undefined;
}

const sdkDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

export const startTrial = async (options: SimulatorOptionsInput = {}): Promise<Trial> => {
  let nowMs = Date.parse('2026-11-20T10:00:00Z');
  const delays: number[] = [];
  const simulator = await startSimulator(
    { jobDurationJitter: 0, ...options },
    {
      now: () => nowMs,
      async delay(delayMs) {
        delays.push(delayMs);
        nowMs += delayMs;
      },
    },
  );

  const call: Trial['call'] = async (method, path, given = {}) => {
    const url = new URL(
      `/${given.version ?? 'v2'}/${given.project ?? simulator.projectId}${path}`,
      simulator.url,
    );
    const text = given.body === undefined ? undefined : JSON.stringify(given.body);
    const signing = {
      endpoint: url.href,
      method,
      queryParams: given.query ?? {},
      headers: {
        'content-type': given.contentType ?? 'application/json',
        'X-Project-Id': simulator.projectId,
        'X-Sdk-Date': sdkDate(given.signedAtMs ?? nowMs),
      },
      data: given.body,
    };
    const { accessKey, secretKey } = simulator.credentials;
    const keys = new BasicCredentials().withAk(accessKey).withSk(given.secretKey ?? secretKey);
    const headers: Record<string, string> = { ...AKSKSigner.sign(signing, keys) };
    for (const [name, value] of Object.entries(given.query ?? {})) url.searchParams.set(name, value);
    const request = { url, headers, ...(text !== undefined && { body: text }) };
    given.tamper?.(request);
    const response = await fetch(request.url, {
      method,
      headers: request.headers,
      body: request.body ?? null,
    });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };

  return {
    simulator,
    pass(seconds) {
      nowMs += seconds * 1000;
    },
    nowMs: () => nowMs,
    delays,
    call,
    get: (path, query = {}) => call('GET', path, { query }),
    reset: (nodes, maxUnavailable = 1, strategy = 'RollingByNumber') =>
      call('POST', `/pools/${trainA}/nodes/batch-reset`, {
        body: { nodeNames: nodes, rollingConfig: { strategy, maxUnavailable }, nodeConfig: {} },
      }),
    nodeNames: () => simulator.control.state().pools[0]?.nodes.map(({ name }) => name) ?? [],
    phase: (node) =>
      simulator.control
        .state()
        .pools.flatMap((pool) => pool.nodes)
        .find(({ name }) => name === node)?.phase,
    job: (id) => simulator.control.state().jobs.find((job) => job.id === id),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
};

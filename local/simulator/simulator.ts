import { setTimeout } from 'node:timers/promises';
import { describeIssues } from '#lib/issues';
import { createControl, type SimulatorControl } from './control/control.ts';
import type { Credentials } from './credentials.ts';
import { createKeyLock } from './key-lock.ts';
import { SimulatorOptions, type SimulatorOptionsInput } from './options.ts';
import { createRequestLog } from './request-log.ts';
import { createSimulatorServer } from './server.ts';

/** The simulator's source of time. */
export interface SimulatorTime {
  /** Real milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** Waits for a slow answer. @default a timer that ends with the simulator */
  readonly delay?: (delayMs: number) => Promise<void>;
}

export interface Simulator extends AsyncDisposable {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly projectId: string;
  /** The signing key of requests. */
  readonly credentials: Credentials;
  readonly control: SimulatorControl;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

const parseOptions = (input: SimulatorOptionsInput): SimulatorOptions => {
  const parsed = SimulatorOptions.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Error(`Simulator options are wrong: ${describeIssues(parsed.error)}`);
};

/**
 * Starts a ModelArts simulator on 127.0.0.1: the node-management endpoints over HTTP, with the vendor's signature, error
 * bodies and shapes, on a world of pools, nodes and jobs that advances by itself. `GET /simulator` shows that world. The
 * control routes (control/control-routes.ts) and `control` change it.
 *
 * Throws when the options are wrong, and rejects with Node's error when the port is not available.
 */
export const startSimulator = async (
  input: SimulatorOptionsInput = {},
  time: SimulatorTime = {},
): Promise<Simulator> => {
  const options = parseOptions(input);
  const now = time.now ?? Date.now;
  const closing = new AbortController();
  const keyLock = createKeyLock();
  const log = createRequestLog();
  const control = createControl(options, now, log, keyLock);
  const { accessKey, secretKey, securityToken, projectId } = options;
  const credentials: Credentials = { accessKey, secretKey, securityToken };
  const startedAtMs = now();
  let requests = 0;

  const server = createSimulatorServer({
    world: () => control.world(),
    credentials,
    keyLock,
    control,
    log,
    delay: time.delay ?? ((delayMs) => setTimeout(delayMs, undefined, { signal: closing.signal })),
    nextRequestId() {
      requests += 1;
      return control.world().random.hex(32, 'request', startedAtMs, requests);
    },
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(options.port, '127.0.0.1', listening.resolve);
  await listening.promise;

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulator has no TCP port.');
  const close = async (): Promise<void> => {
    closing.abort();
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    await closed.promise;
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    projectId,
    credentials,
    control,
    close,
    [Symbol.asyncDispose]: close,
  };
};

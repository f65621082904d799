import type { Credentials } from '#lib/http/signature';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import {
  type ClientOptions,
  createModelArtsClient,
  type ModelArtsClient,
} from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { type FakeClock, fakeClock } from './fake-clock.ts';

/** The published sample key of the signature's documentation; no real account has it. */
export const sampleCredentials = {
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
};

export const sampleProject = '77b6a44cba5143ab91d13ab9a8ff44fd';

export type TestClient = ModelArtsClient & AsyncDisposable & { readonly clock: FakeClock };

type TestClientOptions = Partial<ClientOptions> & { credentials?: Credentials };

/** A client of a test server, on a clock that stands still, whose waits are as long as jitter allows. */
export function testClient(
  endpoint: string,
  { credentials = sampleCredentials, ...options }: TestClientOptions = {},
): TestClient {
  const clock = fakeClock();
  const client = createModelArtsClient({
    endpoint,
    projectId: sampleProject,
    key: createKeyGuard(createFixedKey(credentials), clock),
    clock,
    random: () => 0.999999,
    ...options,
  });
  return { ...client, clock, [Symbol.asyncDispose]: () => client.close() };
}

/** The `ModelArtsError` that a call ends with; fails when it ends otherwise. */
export async function errorOf(call: Promise<unknown>): Promise<ModelArtsError> {
  const error = await call.then(
    (reply) => new Error(`no error, but ${JSON.stringify(reply)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ModelArtsError) return error;
  throw error;
}

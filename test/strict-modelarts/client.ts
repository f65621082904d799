import type { ModelArtsClient } from '#lib/modelarts/client/client';
import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { buildRequest, type CallInput, targetOf } from '#lib/modelarts/client/request';
import { checkedRequest, findPage, requestFaults } from './check-request.ts';

const TARGET = targetOf('https://modelarts.test', '77b6a44cba5143ab91d13ab9a8ff44fd');

/** One call of a test's API. */
export type Answering = (endpoint: any, input: any) => unknown;

/**
 * A client whose answers come from a function of the test. Before each call it builds the request and holds it against the
 * vendor's pages, as the strict server does: a test cannot pass with a request that the real API would refuse.
 */
export function clientOf(answer: Answering): ModelArtsClient {
  return {
    close: () => Promise.resolve(),
    async send(endpoint: Endpoint, input: CallInput) {
      checkCall(endpoint, input);
      return answer(endpoint, input);
    },
  } as unknown as ModelArtsClient;
}

/** @throws Error with every difference from the page. An operation that no page has is a test's own. */
export function checkCall(endpoint: Endpoint, input: CallInput): void {
  const built = buildRequest(endpoint, input, TARGET);
  if (!built.ok) throw new Error(`${endpoint.name}: ${built.failure.reason}`);
  const { method, url, headers, body } = built.request;
  if (!findPage(method, url.pathname)) return;
  const faults = requestFaults(checkedRequest({ method, url, headers, body }));
  if (faults.length > 0) throw new Error(`${endpoint.name} is not as its page says: ${faults.join('; ')}`);
}

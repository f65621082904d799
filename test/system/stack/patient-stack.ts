import type { Describe } from '#local/cloud/description';

/** Longer than anything here takes on a busy machine. */
const FUNCTION_SECONDS = 300;
const VISIBILITY_SECONDS = 900;

/**
 * A stack with time for a busy machine: no function is ended because it is slow, no message comes again while it is still
 * being worked on, and no request is given up.
 *
 * @param timeoutSeconds of some functions, by their names, and of their queues
 */
export function patient(describe: Describe, timeoutSeconds: Readonly<Record<string, number>> = {}): Describe {
  const own = (name: string) => timeoutSeconds[name.replace(/^poolkeeper-local-/, '')];
  return (place) => {
    const { functions, queues, routes, ...rest } = describe(place);
    return {
      ...rest,
      functions: functions.map((fn) => ({ ...fn, timeoutSeconds: own(fn.name) ?? FUNCTION_SECONDS })),
      queues: queues.map((queue) => {
        const VisibilityTimeout = String(own(queue.name) ?? VISIBILITY_SECONDS);
        return { ...queue, attributes: { ...queue.attributes, VisibilityTimeout } };
      }),
      routes: routes.map((route) => ({ ...route, timeoutMs: FUNCTION_SECONDS * 1000 })),
    };
  };
}

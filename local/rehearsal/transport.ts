import type { ClientOptions } from '#lib/modelarts/client/client';
import type { ApiAnswer, ApiRequest, SimulatedApi } from './api.ts';
import type { Process, ProcessWorld } from './engine/process.ts';

type Dispatcher = NonNullable<ClientOptions['dispatcher']>;

/** The network between one process and the API, in the place of undici. A lost answer breaks the connection. */
export function createTransport(
  process: Process,
  { scheduler, chance }: Pick<ProcessWorld, 'scheduler' | 'chance'>,
  api: SimulatedApi,
): Dispatcher {
  return {
    dispatch(options, handler) {
      let aborted = false;
      const controller = {
        aborted: false,
        paused: false,
        reason: null,
        abort: () => {
          aborted = true;
        },
        pause: () => {},
        resume: () => {},
      };
      const key = process.nextKey(options.method);
      const tell = (atMs: number, say: () => void) => process.wake(atMs, () => aborted || say());

      function arrive(): void {
        const request = {
          method: options.method,
          target: options.path,
          headers: namesInLowerCase(options.headers),
          body: options.body instanceof Uint8Array ? options.body : new Uint8Array(),
        };
        void answerTo(request);
      }

      async function answerTo(request: ApiRequest): Promise<void> {
        const answer = await api.answer(request);
        tell(scheduler.now() + chance.between(2, 40, `${key}/back`), () => hear(answer));
      }

      function hear(answer: ApiAnswer): void {
        if (answer.lost) {
          handler.onResponseError?.(
            controller,
            Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
          );
          return;
        }
        handler.onResponseStart?.(controller, answer.status, { ...answer.headers, 'x-request-id': key }, '');
        handler.onResponseData?.(controller, Buffer.from(answer.text));
        handler.onResponseEnd?.(controller, {});
      }

      tell(scheduler.now() + chance.between(1, 8, `${key}/connect`), () => {
        handler.onRequestStart?.(controller, undefined);
        if (!aborted) scheduler.at(scheduler.now() + chance.between(2, 40, `${key}/there`), arrive);
      });
      return true;
    },
  };
}

function namesInLowerCase(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

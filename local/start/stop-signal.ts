/**
 * Aborts when this process should end: at Ctrl-C, at SIGTERM, when its terminal closes, when no reader of its output is left,
 * or when its npm has ended, which does not pass on every signal. A second request changes nothing: it continues to end.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
  if (process.env['npm_lifecycle_event'] !== undefined) whenParentEnds(stop);
  return stopping.signal;
}

const LOOK_EVERY_MS = 500;

function whenParentEnds(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, LOOK_EVERY_MS);
  timer.unref();
}

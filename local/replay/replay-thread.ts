import { parentPort, workerData } from 'node:worker_threads';
import { type ReplayOptions, runReplay } from './run-replay.ts';
import type { SaidByReplay } from './run-replays.ts';

// A thread of `runReplays`: one replay, whose options are its data.

const options: ReplayOptions = workerData;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
const say = (said: SaidByReplay) => parentPort?.postMessage(said);
let percent = 0;

const result = await runReplay({
  ...options,
  onProgress(share) {
    if (Math.floor(share * 100) === percent) return;
    percent = Math.floor(share * 100);
    say({ kind: 'progress', share });
  },
});
say({ kind: 'result', result });

import { callKind, OPEN_CALLS } from '#lib/ledger/call';
import { abandonCall } from '#lib/remediation/execution/call';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/** Calls whose process died before it could send anything. The sweep of stranded commands finds their commands. */
export const abandonedCalls = sweepOf({
  name: 'abandoned-calls',
  kind: callKind,
  places: [{ partition: OPEN_CALLS, restedMs: STRANDED_MS }],
  async finish({ id, state }, { store }) {
    if (state !== 'preparing') return undefined;
    const call = await abandonCall(store, id);
    return call?.state === 'abandoned' ? 'abandoned' : undefined;
  },
});

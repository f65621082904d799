import { callKind } from '#lib/ledger/call';
import { abandonCall } from '#lib/remediation/execution/call';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/** Calls whose process died before it could send anything. The sweep of stranded commands finds their commands. */
export const abandonedCalls = sweepOf({
  name: 'abandoned-calls',
  kind: callKind,
  places: [{ partition: 'call-preparing', restedMs: STRANDED_MS }],
  async finish({ id }, { store }) {
    const call = await abandonCall(store, id);
    return call?.state === 'abandoned' ? 'abandoned' : undefined;
  },
});

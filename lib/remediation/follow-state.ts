import { type Call, callKey, callKind } from '#lib/ledger/call';
import { change } from '#lib/ledger/change';
import { calledAtMs, type Look, type Looked } from './pool-look.ts';
import { recordAccepted } from './record-call.ts';
import { IN_FLIGHT_MS, SEARCH_MS } from './search-job.ts';
import { expire, settle } from './settle.ts';
import { readView } from './view.ts';

/** Looks at what a call without a job was to bring about, and settles the call as far as it has come about. */
export async function followState(look: Look): Promise<Looked> {
  const { call, reader, services, invocation } = look;
  if (call.state !== 'accepted') return searchEffect(look);
  const view = await readView(call, reader);
  if (!view) return { call, ended: false, seen: call.seen ?? '' };
  const open = await settle(call, view, undefined, services, invocation);
  return { call, ended: open === 0, seen: open === 0 ? 'come about' : 'on its way' };
}

/** Looks whether a deletion whose answer was lost has begun, and gives up after a while. */
async function searchEffect({ call, reader, services, invocation }: Look): Promise<Looked> {
  const { clock, store } = services;
  const ageMs = clock.now() - calledAtMs(call);
  const waiting = { call, ended: false, seen: 'searching' };
  if (call.state === 'calling' && ageMs < IN_FLIGHT_MS) return waiting;

  const nodePools = await reader.nodePools();
  const [target] = call.members.flatMap(({ targets }) => targets);
  const found = nodePools?.find(({ name }) => name === target);
  if (nodePools && (!found || found.nodeCounts.deleting > 0)) {
    const { value: adopted = call } = await change<Call>(store, callKind, callKey(call.id), (current) =>
      current && current.state !== 'accepted' ? { ...current, state: 'accepted' } : undefined,
    );
    invocation.log.info('what a lost call was to do has begun', { callId: call.id, target });
    await recordAccepted(adopted, services, invocation);
    return { call: adopted, ended: false, seen: 'adopted' };
  }
  if (ageMs < SEARCH_MS) return waiting;
  await expire(call, `node pool ${target} shows no sign of it`, services);
  return { ...waiting, ended: true };
}

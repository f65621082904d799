import type { Guard } from '#lib/guards/guard';

/**
 * Many reported nodes of a pool at once are one incident, not the fault of each node: Poolkeeper does nothing until it is
 * quiet.
 */
export const noStorm: Guard = ({ poolRecord: { storm } }, now) => {
  const guard = 'storm';
  if (!storm || Date.parse(storm.until) <= now)
    return { guard, allowed: true, why: 'not many nodes were reported at once' };
  return {
    guard,
    allowed: false,
    defers: true,
    until: storm.until,
    why: `${storm.nodes} nodes were reported at once since ${storm.since}: that is one incident, and people have its notice`,
  };
};

import { type Guard, inWords } from './guard.ts';

/** What a command rests on must not be older than the rule's `maxEvidenceAge`: the world has moved on since. */
export const evidenceAge: Guard = ({ remediation, limits: { maxEvidenceAgeMs } }, now) => {
  const guard = 'evidence-age';
  // A person who approves a plan vouches for it from then on.
  const evidenceAt = remediation.approval?.at ?? remediation.evidenceAt;
  if (evidenceAt === undefined) return { guard, allowed: true, why: 'the command names no time of evidence' };
  const ageMs = now - Date.parse(evidenceAt);
  const allowed = ageMs <= maxEvidenceAgeMs;
  return {
    guard,
    allowed,
    why: `the evidence is ${inWords(ageMs)} old; at most ${inWords(maxEvidenceAgeMs)} is acted on`,
  };
};

/** An alert that has resolved is no reason any more. Of several alerts one that still fires is enough. */
export const alertFiring: Guard = ({ remediation: { alerts, ladder }, alerts: records }) => {
  const guard = 'alert-firing';
  if (alerts.length === 0) return { guard, allowed: true, why: 'the command does not come from an alert' };
  const resolved = records.filter(({ status }) => status === 'resolved');
  if (resolved.length < alerts.length) {
    return {
      guard,
      allowed: true,
      why: `${alerts.length - resolved.length} of ${alerts.length} alerts still fire`,
    };
  }
  const resolvedAt = resolved
    .map((alert) => alert.resolvedAt ?? alert.seenAt)
    .toSorted()
    .at(-1);
  const stopped = ladder && ladder.rung > 0 ? `the ladder stopped at rung ${ladder.rung + 1}: ` : '';
  return { guard, allowed: false, why: `${stopped}the alert resolved at ${resolvedAt}` };
};

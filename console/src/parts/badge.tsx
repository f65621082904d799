import { stateWords } from '../text/words.ts';
import type { RemediationState } from '../types.ts';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<RemediationState, IconName>> = {
  observed: 'dash',
  skipped: 'dash',
  'awaiting-approval': 'hand',
  deferred: 'clock',
  submitting: 'turn',
  running: 'turn',
  verifying: 'turn',
  succeeded: 'check',
  failed: 'cross',
  escalated: 'up',
  'needs-human': 'person',
  rejected: 'cross',
};

/** The state of a remediation: a word with a drawing. */
export function StateBadge({ state }: { state: RemediationState }) {
  const { word, tint, means } = stateWords(state);
  return (
    <span class={`badge tint-${tint}`} title={means}>
      <Icon name={ICONS[state]} size={12} />
      {word}
    </span>
  );
}

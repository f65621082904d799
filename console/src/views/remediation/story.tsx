import { Icon } from '../../parts/icon.tsx';
import { Said } from '../../parts/said.tsx';
import { type Sentence, storyOf } from '../../sentences.ts';
import { now } from '../../state/clock.ts';
import { clockIn, relativeTo, spanText, timeIn } from '../../text/time.ts';
import type { Remediation } from '../../types.ts';

/** The receipts of a remediation as sentences, oldest first. */
export function Story({ remediation, zone }: { remediation: Remediation; zone: string | undefined }) {
  const story = storyOf(remediation, zone);
  if (story.length === 0) return <p class="dim">The ledger has no receipts of it.</p>;
  return (
    <ol class="story">
      {story.map((sentence, index) => (
        <Event key={index} sentence={sentence} before={story[index - 1]} zone={zone} />
      ))}
    </ol>
  );
}

type EventProps = { sentence: Sentence; before: Sentence | undefined; zone: string | undefined };

function Event({ sentence, before, zone }: EventProps) {
  const { at, label, text, tone, guards } = sentence;
  return (
    <li class={`event tone-${tone}`}>
      <span class="event-time">
        <time dateTime={at} title={`${timeIn(zone, at)}, ${relativeTo(at, now.peek())}`}>
          {clockIn(zone, at)}
        </time>
        <Gap at={at} before={before?.at} />
      </span>
      <span class="event-text">
        <strong>{label}</strong> <Said text={text} zone={zone} />
        {guards && <Guards guards={guards} zone={zone} />}
      </span>
    </li>
  );
}

/** How long after the event before, if that is worth a word. The first event has the day. */
function Gap({ at, before }: { at: string; before: string | undefined }) {
  if (before === undefined) return <span class="faint small">{relativeTo(at, now.value)}</span>;
  const gapMs = Date.parse(at) - Date.parse(before);
  return gapMs >= 1_000 ? <span class="faint small">+ {spanText(gapMs)}</span> : null;
}

type GuardsProps = { guards: NonNullable<Sentence['guards']>; zone: string | undefined };

/** The checks of one evaluation. Those against it stand open; the others are one click away. */
function Guards({ guards, zone }: GuardsProps) {
  const against = guards.filter(({ allowed }) => !allowed);
  const allowing = guards.filter(({ allowed }) => allowed);
  return (
    <>
      <GuardList guards={against} zone={zone} />
      {allowing.length > 0 && (
        <details>
          <summary class="small dim">
            {allowing.length === 1 ? 'The check' : `The ${allowing.length} checks`} with their numbers
          </summary>
          <GuardList guards={allowing} zone={zone} />
        </details>
      )}
    </>
  );
}

function GuardList({ guards, zone }: GuardsProps) {
  return (
    <ul class="guards">
      {guards.map(({ guard, allowed, text }, index) => (
        <li key={index} class={allowed ? 'guard-yes' : 'guard-no'}>
          <Icon name={allowed ? 'check' : 'cross'} size={13} />
          <span>
            <span class="mono">{guard}</span> <Said text={text} zone={zone} />
          </span>
        </li>
      ))}
    </ul>
  );
}

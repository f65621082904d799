import { sentence } from '../sentences.ts';
import { addressOf } from '../state/router.ts';
import { partsOf } from '../text/said.ts';
import { timeIn } from '../text/time.ts';

/** A text of Poolkeeper as a sentence: its times in the zone of the pool, and its remediations as links. */
export function Said({ text, zone }: { text: string | undefined; zone?: string | undefined }) {
  return (
    <>
      {partsOf(sentence(text)).map((part, index) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'time')
          return (
            <time key={index} dateTime={part.text}>
              {timeIn(zone, part.text)}
            </time>
          );
        return (
          <a key={index} class="mono" href={addressOf(['remediations', part.text])} title={part.text}>
            {part.text.length > 13 ? `${part.text.slice(0, 8)}…` : part.text}
          </a>
        );
      })}
    </>
  );
}

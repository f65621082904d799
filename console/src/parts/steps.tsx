import { hasStep, reachedStep, STEPS } from '../text/steps.ts';
import type { Remediation } from '../types.ts';

/** How far a remediation has come: one piece for each step, and its name in words. */
export function Steps({ remediation, named = false }: { remediation: Remediation; named?: boolean }) {
  const { at, is } = reachedStep(remediation);
  const said = `Step ${Math.min(at + 1, STEPS.length)} of ${STEPS.length}: ${STEPS[Math.min(at, STEPS.length - 1)]?.name ?? ''}`;
  return (
    <ol class={named ? 'steps steps-named' : 'steps'} aria-label={said} title={named ? undefined : said}>
      {STEPS.map(({ name }, index) => {
        const mark = hasStep({ at, is }, index);
        return (
          <li key={name} class={`step step-${mark}`} aria-hidden={named ? undefined : 'true'}>
            {named && <span>{name}</span>}
          </li>
        );
      })}
    </ol>
  );
}

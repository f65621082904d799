import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type PanelProps = {
  title: string;
  /** Beside the title: a number or a short text. */
  aside?: ComponentChildren;
  children: ComponentChildren;
};

/** A part of a view, with its title. */
export function Panel({ title, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <span class="dim small more">{aside}</span>}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}

/** Names with their values. Absent values leave their names out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .flatMap(([name, value]) => [<dt key={`${name}-name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
    </dl>
  );
}

/** The answer of the API as it came, one click away. */
export function RawJson({ value }: { value: unknown }) {
  return (
    <details>
      <summary class="dim small">Raw JSON</summary>
      <pre class="raw" tabIndex={0}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

type HeadingProps = {
  /** Also the title of the window. */
  title: string;
  /** Above the title, such as the way back. */
  before?: ComponentChildren;
  /** Beside the title. */
  beside?: ComponentChildren;
  children?: ComponentChildren;
};

/** The beginning of a view. It takes the focus when the view changes. */
export function Heading({ title, before, beside, children }: HeadingProps) {
  useEffect(() => {
    document.title = `${title} · Poolkeeper`;
  }, [title]);
  return (
    <header class="view-head">
      {before !== undefined && <div class="small dim">{before}</div>}
      <div class="row">
        <h1 tabIndex={-1}>{title}</h1>
        {beside}
      </div>
      {children}
    </header>
  );
}

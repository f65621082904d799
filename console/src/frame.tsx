import { useEffect, useRef } from 'preact/hooks';
import { CALM_MS, stillMatters, useDeadLetters, useInState } from './data.ts';
import { Icon, type IconName, Mark } from './parts/icon.tsx';
import { connection } from './state/api.ts';
import { now } from './state/clock.ts';
import { addressOf, place } from './state/router.ts';
import { isSimulated, me, signOut } from './state/session.ts';
import { setTheme, theme, themes } from './state/theme.ts';
import { spanText } from './text/time.ts';
import { View } from './views/view.tsx';

/** The frame around each view: the way to the others, who is signed in, and whether the page is up to date. */
export function Frame() {
  const main = useRef<HTMLElement>(null);
  const shown = place.value.path.join('/');
  const isFirst = useRef(true);
  useEffect(() => {
    // A screen reader begins at the new view, as after a load of a page. The first view has the focus by itself.
    if (!isFirst.current) {
      scrollTo(0, 0);
      requestAnimationFrame(() => main.current?.querySelector('h1')?.focus());
    }
    isFirst.current = false;
  }, [shown]);
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.querySelector('h1')?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="top">
        <Brand />
        <Account />
      </header>
      <aside class="side" aria-label="Poolkeeper">
        <Brand />
        <Navigation />
        <div class="side-foot">
          <Liveness />
          <System />
          <Themes />
          <Account />
        </div>
      </aside>
      <main class="main" ref={main} id="main">
        <Outage />
        <View />
        <footer class="foot">
          <Liveness />
          <System />
          <Themes />
        </footer>
      </main>
    </div>
  );
}

function Brand() {
  return (
    <a class="brand" href={addressOf([])}>
      <Mark /> Poolkeeper
    </a>
  );
}

const VIEWS: readonly { path: string; name: string; icon: IconName }[] = [
  { path: '', name: 'Now', icon: 'now' },
  { path: 'remediations', name: 'Remediations', icon: 'list' },
  { path: 'waiting', name: 'For you', icon: 'hand' },
  { path: 'day', name: 'Last day', icon: 'day' },
  { path: 'why', name: 'Why?', icon: 'why' },
];

/** Views that are reached from another one. */
const WITHIN: Readonly<Record<string, string>> = { pools: '', nodes: '' };

function Navigation() {
  const [first = ''] = place.value.path;
  const current = WITHIN[first] ?? first;
  const waiting = useWaitingCount();
  const views = isSimulated.value
    ? [...VIEWS, { path: 'simulator', name: 'Simulator', icon: 'lab' as const }]
    : VIEWS;
  return (
    <nav class="nav" aria-label="Views">
      {views.map(({ path, name, icon }) => (
        <a
          key={path}
          href={addressOf(path === '' ? [] : [path])}
          aria-current={path === current ? 'page' : undefined}
        >
          <Icon name={icon} size={17} />
          {name}
          {path === 'waiting' && waiting > 0 && (
            <span class="count" title={`${waiting} waiting for you`}>
              {waiting}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

/** How many things wait for a person. */
export function useWaitingCount(): number {
  const approvals = useInState('awaiting-approval', CALM_MS) ?? [];
  const persons = useInState('needs-human', CALM_MS) ?? [];
  const letters = useDeadLetters().value.value?.deadLetters ?? [];
  return approvals.length + persons.filter((one) => stillMatters(one) !== false).length + letters.length;
}

/** Whether answers come, and how old the last one is. */
function Liveness() {
  const { lastAt, silentSince } = connection.value;
  if (silentSince !== undefined) {
    return (
      <span class="live" data-live="no">
        no answer for {spanText(now.value - silentSince)}
      </span>
    );
  }
  const ageMs = lastAt === undefined ? 0 : now.value - lastAt;
  return <span class="live">{ageMs < 15_000 ? 'live' : `answered ${spanText(ageMs)} ago`}</span>;
}

/** Stands above every view while no answer comes, so that no person takes old facts for new ones. */
function Outage() {
  const { silentSince } = connection.value;
  if (silentSince === undefined) return null;
  return (
    <p class="strip" role="alert">
      Poolkeeper has not answered for {spanText(now.value - silentSince)}. The page shows the last answers,
      and asks again by itself.
    </p>
  );
}

function System() {
  const system = me.value?.system;
  if (!system) return null;
  const where =
    system.simulated === true
      ? 'simulated ModelArts'
      : [system.region, system.project].filter(Boolean).join(' · ');
  return (
    <span>
      {where}
      {system.version !== undefined && <span class="faint"> v{system.version}</span>}
    </span>
  );
}

function Themes() {
  return (
    <div class="themes" role="group" aria-label="Theme">
      {themes.map((one) => (
        <button key={one} type="button" aria-pressed={theme.value === one} onClick={() => setTheme(one)}>
          {one}
        </button>
      ))}
    </div>
  );
}

function Account() {
  const known = me.value;
  return (
    <span class="account">
      {known && (
        <span title={`Signed in as ${known.name}, with the role ${known.role}`}>
          {known.name} <span class="faint">{known.role}</span>
        </span>
      )}{' '}
      <button class="link-button" type="button" onClick={() => signOut()}>
        Sign out
      </button>
    </span>
  );
}

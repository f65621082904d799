import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './state/clock.ts';
import { startRouter } from './state/router.ts';
import { takeToken } from './state/session.ts';
import { applyTheme } from './state/theme.ts';
import './styles/page.css';

applyTheme();
takeToken();
startRouter();
startClock();

const root = document.getElementById('app');
if (root) render(<App />, root);

import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 60, 'recovery');
keepEveryPromise(1, 60, 'consent');

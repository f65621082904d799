import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 30, 'recovery');
keepEveryPromise(1, 30, 'consent');

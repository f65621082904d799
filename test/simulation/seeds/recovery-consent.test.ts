import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 20, 'recovery');
keepEveryPromise(1, 20, 'consent');

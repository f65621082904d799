import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 40, 'recovery');
keepEveryPromise(1, 40, 'consent');

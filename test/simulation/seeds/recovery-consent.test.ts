import { keepEveryPromise } from './keep.ts';

keepEveryPromise(10, 'recovery');
keepEveryPromise(10, 'consent');

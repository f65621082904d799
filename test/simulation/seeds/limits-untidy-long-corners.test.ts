import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 60, 'limits');
keepEveryPromise(1, 40, 'untidy');
keepEveryPromise(1, 12, 'long');
keepEveryPromise(1, 19, 'corners');

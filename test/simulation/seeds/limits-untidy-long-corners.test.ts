import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 30, 'limits');
keepEveryPromise(1, 30, 'untidy');
keepEveryPromise(1, 12, 'long');
keepEveryPromise(1, 19, 'corners');

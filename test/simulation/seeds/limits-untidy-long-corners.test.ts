import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 20, 'limits');
keepEveryPromise(1, 20, 'untidy');
keepEveryPromise(1, 8, 'long');
keepEveryPromise(1, 19, 'corners');

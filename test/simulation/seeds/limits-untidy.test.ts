import { keepEveryPromise } from './keep.ts';

keepEveryPromise(10, 'limits');
keepEveryPromise(10, 'untidy');

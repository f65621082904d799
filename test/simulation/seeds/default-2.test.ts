import { keepEveryPromise } from './keep.ts';

keepEveryPromise(46, 90);

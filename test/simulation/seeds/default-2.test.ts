import { keepEveryPromise } from './keep.ts';

keepEveryPromise(31, 60);

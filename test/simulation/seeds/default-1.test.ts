import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 30);

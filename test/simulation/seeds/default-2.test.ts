import { keepEveryPromise } from './keep.ts';

keepEveryPromise(101, 200);

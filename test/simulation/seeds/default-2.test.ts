import { keepEveryPromise } from './keep.ts';

keepEveryPromise(61, 120);

import { keepEveryPromise } from './keep.ts';

keepEveryPromise(81, 160);

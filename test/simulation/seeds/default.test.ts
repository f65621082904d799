import { keepEveryPromise } from './keep.ts';

keepEveryPromise(30);

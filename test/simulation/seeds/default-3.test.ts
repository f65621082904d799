import { keepEveryPromise } from './keep.ts';

keepEveryPromise(201, 300);

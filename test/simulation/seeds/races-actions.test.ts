import { keepEveryPromise } from './keep.ts';

keepEveryPromise(10, 'races');
keepEveryPromise(10, 'actions');

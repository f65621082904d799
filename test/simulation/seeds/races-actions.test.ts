import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 30, 'races');
keepEveryPromise(1, 30, 'actions');

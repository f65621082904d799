import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 60, 'races');
keepEveryPromise(1, 60, 'actions');

import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 20, 'races');
keepEveryPromise(1, 20, 'actions');

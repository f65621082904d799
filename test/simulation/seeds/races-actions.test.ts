import { keepEveryPromise } from './keep.ts';

keepEveryPromise(1, 40, 'races');
keepEveryPromise(1, 40, 'actions');

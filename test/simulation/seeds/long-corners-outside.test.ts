import { keepEveryPromise } from './keep.ts';

keepEveryPromise(4, 'long');
keepEveryPromise(10, 'corners');
keepEveryPromise(6, 'maintenance');
keepEveryPromise(6, 'senders');

import { benchColdStart } from './cold-start.bench.ts';
import { benchSignature } from './signature.bench.ts';

benchSignature();
await benchColdStart();

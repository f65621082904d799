// serverless.yml reads the declared functions from here: the Serverless Framework loads code from no file in TypeScript.
export { functions, resources } from './cloudformation/service.ts';

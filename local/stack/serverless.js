// serverless.yml reads the declared functions from here: the Serverless Framework loads code from no file in TypeScript.
import { readAuthorizer } from './authorizer.ts';
import { authorizerSection, functionSections } from './cloudformation/service.ts';

export { resources } from './cloudformation/service.ts';

const authorizer = readAuthorizer(process.env);
export const functions = functionSections(authorizer);
export const authorizers = authorizerSection(authorizer);

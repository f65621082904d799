// serverless.yml reads the declared functions from here: the Serverless Framework loads code from no file in TypeScript.
import path from 'node:path';
import { deploymentSections } from './cloudformation/service.ts';
import { deploymentVariables } from './stage-settings.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Of the stage that this process packages or deploys. */
let deployment;
/** Whether the reader has been told why there is none. */
let isTold = false;

async function deploymentOf({ resolveVariable }) {
  const stage = await resolveVariable('sls:stage');
  if (deployment?.stage !== stage) {
    try {
      const known = deploymentVariables(stage, root, process.env);
      deployment = { stage, variables: known, ...deploymentSections(known) };
    } catch (error) {
      const told = new Error(isTold ? 'see above' : error.message, { cause: error });
      isTold = true;
      // The framework would print the stack, and all of it again for each section.
      told.stack = undefined;
      throw told;
    }
  }
  return deployment;
}

export const functions = async (framework) => (await deploymentOf(framework)).functions;
export const authorizers = async (framework) => (await deploymentOf(framework)).authorizers;
export const resources = async (framework) => (await deploymentOf(framework)).resources;
export const variables = async (framework) => (await deploymentOf(framework)).variables;

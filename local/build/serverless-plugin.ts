import { bundleFunctions } from './bundle.ts';
import { readRules } from './read-rules.ts';

type Serverless = { serviceDir: string; classes: { Error: new (message: string) => Error } };

/** What only a deployment needs: an archive built without them is good enough for one machine. */
const DEPLOYMENT_VARIABLES = ['HUAWEICLOUD_SDK_PROJECT_ID', 'HUAWEICLOUD_SDK_REGION'];

/**
 * A plugin of the Serverless Framework: `serverless package` and `serverless deploy` bundle the functions first, with the
 * rules file as it is now. A deployment that could not work, or that points at a stand-in, is refused before it begins.
 */
export default class BundleBeforePackaging {
  readonly hooks: Record<string, () => void | Promise<void>>;

  constructor(serverless: Serverless) {
    const { Error: ServerlessError } = serverless.classes;

    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        if (process.env['POOLKEEPER_BUNDLED'] === '1') return;
        const root = serverless.serviceDir;
        try {
          const rules = await readRules(root, process.env['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml');
          await bundleFunctions(root, root, rules);
        } catch (error) {
          throw new ServerlessError(error instanceof Error ? error.message : String(error));
        }
      },
      'before:deploy:deploy': () => {
        const missing = DEPLOYMENT_VARIABLES.filter((name) => !process.env[name]);
        if (missing.length > 0)
          throw new ServerlessError(`Set ${missing.join(' and ')} to deploy: see docs/deploy.md.`);
        const endpoint = process.env['MODELARTS_ENDPOINT'];
        if (endpoint && !endpoint.startsWith('https://')) {
          throw new ServerlessError(
            `MODELARTS_ENDPOINT is ${endpoint}: a deployment calls the API over https, or leaves it unset.`,
          );
        }
      },
    };
  }
}

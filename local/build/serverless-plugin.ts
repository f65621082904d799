import { complain } from '#local/screen/complain';
import { accountResources } from '#local/stack/cloudformation/accounts';
import { recipientResources } from '#local/stack/cloudformation/recipients';
import { scheduleResources } from '#local/stack/cloudformation/schedules';
import { deploymentVariables, settingsFileOf } from '#local/stack/stage-settings';
import type { Template } from '#local/template/template';
import { bundleFunctions } from './bundle.ts';
import { leftBehind } from './left-behind.ts';
import { readRules } from './read-rules.ts';

type Serverless = {
  serviceDir: string;
  service: {
    resources: { Resources: Record<string, unknown> };
    custom: { secretArn: string };
    provider?: { stage?: string; region?: string; compiledCloudFormationTemplate?: Template };
  };
  classes: { Error: new (message: string) => Error };
};

/** The variables that only a deployment needs. An archive without them still works on one machine. */
const DEPLOYMENT_VARIABLES = ['HUAWEICLOUD_SDK_PROJECT_ID', 'HUAWEICLOUD_SDK_REGION'];

/**
 * A plugin of the Serverless Framework. It makes `serverless package` and `serverless deploy` bundle the functions first, with the
 * current rules file, and adds the schedules of that file, and the rights that its recipients and accounts need, to the template. It checks the whole
 * template. It refuses a deployment without the required variables, or with the address of a stand-in, before the deployment begins. After
 * `serverless remove` it says what is left.
 */
export default class BundleBeforePackaging {
  readonly hooks: Record<string, () => void | Promise<void>>;

  constructor(serverless: Serverless) {
    const { Error: ServerlessError } = serverless.classes;
    const { stage = 'dev', region = '' } = serverless.service.provider ?? {};
    const variablesOfStage = () => deploymentVariables(stage, serverless.serviceDir, process.env);

    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        const root = serverless.serviceDir;
        try {
          const isBundled = process.env['POOLKEEPER_BUNDLED'] === '1';
          const rules = await readRules(root, variablesOfStage()['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml', {
            warn: isBundled ? () => {} : complain,
          });
          if (!isBundled) await bundleFunctions(root, root, rules);
          const { resources, custom } = serverless.service;
          Object.assign(
            resources.Resources,
            scheduleResources(rules),
            recipientResources(rules, custom.secretArn),
            accountResources(rules, custom.secretArn),
          );
        } catch (error) {
          throw new ServerlessError(error instanceof Error ? error.message : String(error));
        }
      },
      'after:package:finalize': async () => {
        const template = serverless.service.provider?.compiledCloudFormationTemplate;
        if (!template) throw new ServerlessError('The Serverless Framework has made no template to check.');
        const { checkTemplate } = await import('#local/template/check-template');
        // As it is written: without the properties that have no value.
        const written: Template = JSON.parse(JSON.stringify(template));
        const findings = await checkTemplate(written);
        if (findings.length > 0)
          throw new ServerlessError(`AWS would refuse this template:\n${findings.join('\n')}`);
      },
      'before:deploy:deploy': () => {
        const variables = variablesOfStage();
        const missing = DEPLOYMENT_VARIABLES.filter((name) => !variables[name]);
        if (missing.length > 0)
          throw new ServerlessError(
            `Set ${missing.join(' and ')}, or the settings in ${settingsFileOf(stage, process.env)}, to deploy: see docs/deploy.md.`,
          );
        const endpoint = variables['MODELARTS_ENDPOINT'];
        if (endpoint && !endpoint.startsWith('https://')) {
          throw new ServerlessError(
            `MODELARTS_ENDPOINT is ${endpoint}, but a deployment calls the API over https: correct the variable, or unset it.`,
          );
        }
      },
      'after:remove:remove': () => {
        for (const line of leftBehind({ stage, region })) complain(line);
      },
    };
  }
}

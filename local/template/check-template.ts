import { checkFunctionsAndQueues } from './functions-and-queues.ts';
import { checkLimits } from './limits.ts';
import { checkPolicies } from './policies.ts';
import { checkProperties } from './properties.ts';
import { checkProtection } from './protection.ts';
import { checkReferences } from './references.ts';
import { loadSpecification } from './specification.ts';
import type { Finding, Template } from './template.ts';
import { checkTimes } from './times.ts';
import { checkWhole } from './whole.ts';

/**
 * Checks a CloudFormation template without an account: against the published schemas of the resources, and for everything that CloudFormation
 * and the services are known to refuse at the deployment. Also for the protection that each template of Poolkeeper has.
 *
 * @returns one sentence for each mistake, with the resource and the property. None: nothing was found, which is no proof.
 */
export async function checkTemplate(template: Template): Promise<Finding[]> {
  const specification = await loadSpecification();
  return [
    ...checkProperties(template, specification),
    ...checkLimits(template),
    ...checkReferences(template, specification),
    ...checkFunctionsAndQueues(template),
    ...checkPolicies(template),
    ...checkTimes(template),
    ...checkWhole(template),
    ...checkProtection(template),
  ];
}

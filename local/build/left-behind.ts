import { named, secretsPath } from '#local/stack/names';

/** The parts of a stage that `serverless remove` leaves, in lines, with the commands that remove them. */
export function leftBehind({ stage, region }: { stage: string; region: string }): string[] {
  const inRegion = region === '' ? '' : ` --region ${region}`;
  const secrets = secretsPath(stage).slice(0, -1);
  return [
    `The stage ${stage} is removed. It leaves:`,
    `  the ledger, which is the record of everything that was done. To delete it for good:`,
    `    aws dynamodb delete-table${inRegion} --table-name ${named(stage)}`,
    `  the secrets below ${secrets}/. To delete them:`,
    `    aws ssm get-parameters-by-path${inRegion} --path ${secrets} --query 'Parameters[].Name' --output text |`,
    `      xargs -n 10 aws ssm delete-parameters${inRegion} --names`,
    '  the key of the alarms, which AWS deletes in seven days.',
    'Messages that were in its queues are gone. A job that ModelArts has begun goes on, and nothing follows it any more.',
    'To deploy the stage again, import the table into the new stack, or delete it first (docs/deploy.md).',
  ];
}

/** The account of the stand-ins. fauxqs supports no other. */
export const ACCOUNT_ID = '000000000000';

/** The region and the address of the stand-ins: the parts of a stack's description that only the running system knows. */
export type CloudLocation = {
  readonly region: string;
  readonly sqsEndpoint: string;
};

export function queueUrl({ sqsEndpoint }: CloudLocation, name: string): string {
  return `${sqsEndpoint}/${ACCOUNT_ID}/${name}`;
}

/** @param resource the last part of the ARN, such as `function:name` */
export function arnOf({ region }: Pick<CloudLocation, 'region'>, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;
}

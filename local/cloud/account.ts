/** The account that the stand-ins belong to; fauxqs knows no other. */
export const ACCOUNT_ID = '000000000000';

/** Where the stand-ins are; the part of what a stack says that only the running system can give. */
export type Place = {
  readonly region: string;
  readonly sqsEndpoint: string;
};

export function queueUrl({ sqsEndpoint }: Place, name: string): string {
  return `${sqsEndpoint}/${ACCOUNT_ID}/${name}`;
}

/** @param resource as in `function:name` */
export function arnOf({ region }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;
}

/** The delivery of SQS that a peer takes. */
export type Delivery = { Records: { messageId: string; body: string }[] };

/** A variable of the environment that the stand-ins set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** Where the pool's nodes are: what a peer reads before it acts. */
export const nodesPath = `/v2/${process.env['HUAWEICLOUD_SDK_PROJECT_ID']}/pools/pool-9d3f-6f5da086876d4cd084d36f8bd3346036/nodes`;

/** The message of a peer to the queue of `poll-jobs`. */
export function messageOf(node: string, phase: string): string {
  return JSON.stringify({ node, phase, at: new Date().toISOString() });
}

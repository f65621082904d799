/** The address of a service in a region. China has a domain of its own (docs.aws.amazon.com/general/latest/gr/rande.html). */
export function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}

/** An address that a message names, or the reason why no request goes there. */
export type CheckedUrl = { kind: 'allowed'; url: URL } | { kind: 'refused'; why: string };

type Place = {
  /** The region of the message's topic. */
  region: string;
  /** `host:port` of a stand-in for SMN. Absent in earnest. */
  standIn?: string | undefined;
};

const CERTIFICATE = /^https:\/\/([a-z0-9.:-]+)\/smn\/[A-Za-z0-9][A-Za-z0-9._-]*\.pem$/;
const CONFIRMATION = /^https:\/\/([a-z0-9.:-]+)\/smn\/subscription\/confirm\?[\w.~%:=&+-]+$/;

/**
 * Checks the address of a signing certificate. SMN has one host for each region:
 * `https://smn.{region}.myhuaweicloud.com/smn/SMN_{region}_<hash>.pem`. The text as a whole must match, so that it has no user,
 * other port, dot segment or fragment.
 */
export function certificateUrl(text: string, { region, standIn }: Place): CheckedUrl {
  const hosts = [`smn.${region}.myhuaweicloud.com`];
  return checked(text, CERTIFICATE, hosts, standIn, `https://${hosts[0]}/smn/….pem`);
}

/**
 * Checks the address that confirms a subscription: `https://console.huaweicloud.com/smn/subscription/confirm?…`. Some regions
 * have a console of their own.
 */
export function confirmationUrl(text: string, { region, standIn }: Place): CheckedUrl {
  const hosts = [
    'console.huaweicloud.com',
    'console-intl.huaweicloud.com',
    `${region}-console.huaweicloud.com`,
    `smn.${region}.myhuaweicloud.com`,
  ];
  const shape = `https://<host>/smn/subscription/confirm?…, with one of the hosts ${hosts.join(', ')}`;
  return checked(text, CONFIRMATION, hosts, standIn, shape);
}

function checked(
  text: string,
  pattern: RegExp,
  hosts: readonly string[],
  standIn: string | undefined,
  shape: string,
): CheckedUrl {
  const [, host] = pattern.exec(text) ?? [];
  const isAllowed = host !== undefined && (hosts.includes(host) || host === standIn);
  return isAllowed ? { kind: 'allowed', url: new URL(text) } : { kind: 'refused', why: `must be ${shape}` };
}

import * as z from 'zod';
import { hasMalformedReference, isSecretReference, withValues } from './secret-reference.ts';

/** A URL may hold secrets, so no mistake repeats it. A secret in it stands for any part that keeps it a URL. */
export function notifyUrl(describe: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const reason = whyNoUrl(text);
      if (reason !== undefined) context.addIssue(reason);
    })
    .describe(`${describe} \${secret:NAME} stands for a secret, or for the whole URL.`);
}

function whyNoUrl(text: string): string | undefined {
  if (hasMalformedReference(text))
    return 'has a ${…} that is not ${secret:NAME}: the name has capital letters, digits and _, and begins with a letter';
  if (isSecretReference(text)) return undefined;
  const url = asUrl(text);
  if (!url || !/^https?:$/.test(url.protocol)) return 'is not an http(s) URL';
  return isDecodable(url) ? undefined : 'has a % that is not followed by two hex digits: write it as %25';
}

/** A key that must not be in a file: the rules file names it. */
export function secretKey(describe: string) {
  return z
    .string()
    .refine(isSecretReference, {
      error:
        'must be a secret, such as ${secret:NAME}: the rules file becomes a part of the functions, so it must not hold a key',
    })
    .describe(`${describe} It is \${secret:NAME}.`);
}

/** The URL with something in place of each secret: it may be a host, the number of a port, or a part of the path. */
export function asUrl(text: string): URL | undefined {
  const standIns = ['a', '1'].map((value) => URL.parse(withValues(text, () => value)));
  return standIns.find((url) => url !== null);
}

/** Whether the parts that are decoded before the request can be decoded: the credentials and the signed path. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}

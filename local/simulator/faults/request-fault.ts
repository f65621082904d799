import { ApiError } from '../api-error.ts';
import type { FaultOf } from './fault.ts';

/** The kinds that answer a request in place of its endpoint. */
export const refusingKinds = ['throttled', 'server-error', 'unauthenticated', 'refused'] as const;

// docs/design/modelarts-api.md 5.2; for 500 the API's own internal error of 5.1.
const serverErrors = {
  500: { code: 'ModelArts.2950', message: 'Internal error.' },
  502: { code: 'APIGW.0202', message: 'Backend unavailable' },
  503: { code: 'APIGW.0605', message: 'Backend service is temporarily unavailable' },
  504: { code: 'APIGW.0203', message: 'Backend timeout.' },
} as const;

/** The gateway's answer after its backend has not answered in time. */
export const gatewayTimeout = (): ApiError =>
  new ApiError(504, serverErrors[504].code, serverErrors[504].message);

/** The answer of a fault in place of the endpoint's. */
export const errorOf = (fault: FaultOf<(typeof refusingKinds)[number]>): ApiError => {
  if (fault.kind === 'refused') return new ApiError(fault.status, fault.code, fault.message);
  if (fault.kind === 'server-error') {
    return new ApiError(fault.status, serverErrors[fault.status].code, serverErrors[fault.status].message);
  }
  if (fault.kind === 'unauthenticated') {
    return new ApiError(
      401,
      'APIGW.0301',
      'Incorrect IAM authentication information: verify aksk signature fail',
    );
  }
  return new ApiError(
    429,
    'APIGW.0308',
    'The throttling threshold has been reached: policy user over ratelimit',
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) },
  );
};

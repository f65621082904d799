/** Longer than anything here takes on a busy machine. */
const FUNCTION_SECONDS = 300;
const VISIBILITY_SECONDS = 900;

/**
 * The packaged template with time for a busy machine: no function is ended because it is slow, no message comes again while
 * it is still being worked on, and no request is given up.
 */
export function patient(template: any): any {
  for (const { Type, Properties } of Object.values<any>(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') Properties.Timeout = FUNCTION_SECONDS;
    if (Type === 'AWS::SQS::Queue') Properties.VisibilityTimeout = VISIBILITY_SECONDS;
    if (Type === 'AWS::ApiGatewayV2::Integration') Properties.TimeoutInMillis = FUNCTION_SECONDS * 1000;
  }
  return template;
}

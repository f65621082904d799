/** The id of a remediation as the only argument. */
export const idArgument = {
  kind: 'tuple',
  parameters: [{ brief: 'The id of a remediation, or its beginning', parse: String, placeholder: 'id' }],
} as const;

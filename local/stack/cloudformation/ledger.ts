import { EXPIRY_ATTRIBUTE, ledgerTable } from '../ledger-table.ts';
import { LEDGER_TABLE, named } from '../names.ts';
import { type Resources, STAGE } from './resource.ts';

/** The ledger. It holds all state, so it stays when the stack is deleted. */
export function ledgerResources(): Resources {
  return {
    [LEDGER_TABLE]: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: named(STAGE),
        BillingMode: 'PAY_PER_REQUEST',
        ...ledgerTable,
        TimeToLiveSpecification: { AttributeName: EXPIRY_ATTRIBUTE, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    },
  };
}

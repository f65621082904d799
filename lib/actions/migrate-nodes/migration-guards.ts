import type { Guard } from '#lib/guards/guard';
import { destinationKnown } from './destination.ts';
import { oneCluster, sourceKeepsANode, specForAnotherPool, wholeSupernode } from './migration.ts';
import { ownFlavor } from './own-flavor.ts';
import { planeSubnetApart, privilegedDestination, settingsTakeEffect } from './resource-spec.ts';

/** What may stop a migration besides what may stop any call that disturbs a node: where it goes, and as what. */
export const migrationGuards: readonly Guard[] = [
  sourceKeepsANode,
  wholeSupernode,
  oneCluster,
  specForAnotherPool,
  destinationKnown,
  privilegedDestination,
  planeSubnetApart,
  ownFlavor,
  settingsTakeEffect,
];

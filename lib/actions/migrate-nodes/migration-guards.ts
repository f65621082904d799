import type { Guard } from '#lib/guards/guard';
import { destinationKnown } from './destination.ts';
import { oneCluster, sourceKeepsANode, specForAnotherPool, wholeSupernode } from './migration.ts';
import { ownFlavor } from './own-flavor.ts';
import { planeSubnetApart, privilegedDestination, settingsTakeEffect } from './resource-spec.ts';

/** The guards of migrations alone: for the destination, and for the settings there. */
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

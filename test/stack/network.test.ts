import { describe, expect, test } from 'vitest';
import { deploymentSections } from '#local/stack/cloudformation/service';
import { declaredFunctions } from '#local/stack/functions';
import { readNetwork } from '#local/stack/network';
import { checkTemplate } from '#local/template/check-template';
import { soundTemplate } from '../template/sound-template.ts';

const OWN = {
  POOLKEEPER_SUBNETS: 'subnet-0a1b2c3d, subnet-1b2c3d4e',
  POOLKEEPER_SECURITY_GROUPS: 'sg-0a1b2c3d',
};
const FIXED = { POOLKEEPER_NETWORK: 'fixed-address' };

/** The functions that hold an access key of Huawei Cloud: those that call ModelArts, and `notify` for topics of SMN. */
const withKey = declaredFunctions
  .filter(({ name, callsModelArts }) => callsModelArts || name === 'notify')
  .map(({ name }) => name);

function deployed(variables: Record<string, string>) {
  const sections = deploymentSections(variables);
  const functions: Record<string, any> = sections.functions;
  const resources: Record<string, any> = sections.resources.Resources;
  return {
    resources,
    outputs: sections.resources.Outputs,
    inNetwork: Object.keys(functions).filter((name) => functions[name].vpc !== undefined),
    vpcOf: (name: string) => functions[name].vpc,
    mayJoin: Object.keys(resources).filter((id) =>
      JSON.stringify(resources[id]).includes('ec2:CreateNetworkInterface'),
    ),
  };
}

describe('a network of the user', () => {
  test('has every function that holds a key, and no other; their roles may join it', () => {
    const { inNetwork, vpcOf, mayJoin, resources, outputs } = deployed(OWN);
    expect(inNetwork.toSorted()).toEqual(withKey.toSorted());
    expect(vpcOf('reset-nodes')).toEqual({
      subnetIds: ['subnet-0a1b2c3d', 'subnet-1b2c3d4e'],
      securityGroupIds: ['sg-0a1b2c3d'],
    });
    expect(mayJoin).toHaveLength(withKey.length);
    expect(Object.keys(resources).filter((id) => id.startsWith('Network'))).toEqual([]);
    expect(outputs).not.toHaveProperty('FixedAddress');
  });
});

describe('a network with a fixed address', () => {
  const { inNetwork, vpcOf, resources, outputs } = deployed(FIXED);
  const network = Object.fromEntries(Object.entries(resources).filter(([id]) => id.startsWith('Network')));

  test('is made by the stack, which says the address', () => {
    expect(inNetwork.toSorted()).toEqual(withKey.toSorted());
    for (const { Ref } of [...vpcOf('poll-jobs').subnetIds, ...vpcOf('poll-jobs').securityGroupIds])
      expect(network).toHaveProperty(Ref);
    expect(outputs['FixedAddress']).toEqual({ Value: { Ref: 'NetworkAddress' } });
  });

  test('has one way out: the gateway with the address', () => {
    expect(network['NetworkNat'].Properties.AllocationId).toEqual({
      'Fn::GetAtt': ['NetworkAddress', 'AllocationId'],
    });
    for (const { Ref } of vpcOf('reset-nodes').subnetIds) {
      const association = network[`${Ref}Routes`].Properties;
      expect(association.SubnetId).toEqual({ Ref });
      expect(association.RouteTableId).toEqual({ Ref: 'NetworkPrivateRoutes' });
    }
    const ways = Object.values<any>(network).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::EC2::Route' && Properties.RouteTableId.Ref === 'NetworkPrivateRoutes',
    );
    expect(ways.map(({ Properties }) => Properties.NatGatewayId)).toEqual([{ Ref: 'NetworkNat' }]);
  });

  test('no caller can reach into it', () => {
    expect(network['NetworkSecurityGroup'].Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  test('is a sound part of a template', async () => {
    const template: any = soundTemplate();
    Object.assign(template.Resources, JSON.parse(JSON.stringify(network).replaceAll('${sls:stage}', 'prod')));
    expect(await checkTemplate(template)).toEqual([]);
    template.Resources.NetworkSubnet1.Properties.CidrBlock = '10.200.0.0/8';
    expect((await checkTemplate(template)).join()).toContain('NetworkSubnet1 (AWS::EC2::Subnet): CidrBlock');
  });
});

test('without one, calls leave from the addresses of AWS', () => {
  expect(deployed({})).toMatchObject({ inNetwork: [], mayJoin: [] });
});

test.each([
  [{ POOLKEEPER_NETWORK: 'vpc' }, 'POOLKEEPER_NETWORK must be fixed-address or own'],
  [{ POOLKEEPER_NETWORK: 'own' }, 'POOLKEEPER_SUBNETS is not set'],
  [{ POOLKEEPER_SUBNETS: OWN.POOLKEEPER_SUBNETS }, 'POOLKEEPER_SECURITY_GROUPS is not set'],
  [{ ...OWN, POOLKEEPER_SUBNETS: 'vpc-0a1b2c3d' }, 'POOLKEEPER_SUBNETS must be ids such as subnet-'],
  [{ ...FIXED, ...OWN }, 'unset POOLKEEPER_SUBNETS and POOLKEEPER_SECURITY_GROUPS'],
])('a half one is refused before the deployment begins: %j', (variables, why) => {
  expect(() => readNetwork(variables)).toThrow(why);
});

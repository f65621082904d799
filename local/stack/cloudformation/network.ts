import type { DeclaredFunction } from '../declaration.ts';
import type { Network } from '../network.ts';
import { attribute, type CloudFormationResource, type Resources, ref, STAGE } from './resource.ts';
import type { TemplateStatement } from './roles.ts';

/** Whether a function holds an access key of Huawei Cloud, so that its calls leave from the network. */
export function isInNetwork({ callsModelArts, secrets = [] }: DeclaredFunction): boolean {
  return Boolean(callsModelArts) || secrets.includes('HUAWEICLOUD_SDK_AK');
}

/** The section `vpc` of a function in serverless.yml. */
export function vpcSection(network: Network): Record<string, unknown> {
  return network.kind === 'own'
    ? { subnetIds: [...network.subnets], securityGroupIds: [...network.securityGroups] }
    : { subnetIds: ZONES.map((zone) => ref(subnetId(zone))), securityGroupIds: [ref(SECURITY_GROUP)] };
}

/** The right to be in a network, as AWSLambdaVPCAccessExecutionRole has it: EC2 knows no resource for most of these actions. */
export const networkStatement: TemplateStatement = {
  Effect: 'Allow',
  Action: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  Resource: '*',
};

/** The zones of the functions, by their numbers in the region. The NAT gateway is in the first. */
const ZONES = [0, 1] as const;
type Zone = (typeof ZONES)[number];

const SECURITY_GROUP = 'NetworkSecurityGroup';
const NETWORK = 'Network';
const subnetId = (zone: Zone): string => `NetworkSubnet${zone + 1}`;

/**
 * The network of a stage with one fixed address: two private subnets, whose way out is one NAT gateway with an Elastic IP, and a way to
 * DynamoDB that does not pass it. Empty for a network that is there already.
 */
export function networkResources(network: Network | undefined): Resources {
  if (network?.kind !== 'fixed-address') return {};
  const inVpc = { VpcId: ref(NETWORK) };
  return {
    [NETWORK]: resource('AWS::EC2::VPC', {
      CidrBlock: '10.200.0.0/24',
      EnableDnsSupport: true,
      EnableDnsHostnames: true,
      ...tags('network'),
    }),
    NetworkGateway: resource('AWS::EC2::InternetGateway', tags('gateway')),
    NetworkGatewayAttachment: resource('AWS::EC2::VPCGatewayAttachment', {
      ...inVpc,
      InternetGatewayId: ref('NetworkGateway'),
    }),
    NetworkPublicSubnet: resource('AWS::EC2::Subnet', {
      ...inVpc,
      ...inZone(0),
      CidrBlock: '10.200.0.0/27',
      ...tags('public'),
    }),
    NetworkPublicRoutes: resource('AWS::EC2::RouteTable', { ...inVpc, ...tags('public') }),
    NetworkPublicRoute: {
      ...resource('AWS::EC2::Route', {
        RouteTableId: ref('NetworkPublicRoutes'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('NetworkGateway'),
      }),
      DependsOn: 'NetworkGatewayAttachment',
    },
    NetworkPublicRoutesOfSubnet: resource('AWS::EC2::SubnetRouteTableAssociation', {
      RouteTableId: ref('NetworkPublicRoutes'),
      SubnetId: ref('NetworkPublicSubnet'),
    }),
    NetworkAddress: {
      ...resource('AWS::EC2::EIP', { Domain: 'vpc', ...tags('address') }),
      DependsOn: 'NetworkGatewayAttachment',
    },
    NetworkNat: resource('AWS::EC2::NatGateway', {
      AllocationId: attribute('NetworkAddress', 'AllocationId'),
      SubnetId: ref('NetworkPublicSubnet'),
      ...tags('nat'),
    }),
    NetworkPrivateRoutes: resource('AWS::EC2::RouteTable', { ...inVpc, ...tags('private') }),
    NetworkPrivateRoute: resource('AWS::EC2::Route', {
      RouteTableId: ref('NetworkPrivateRoutes'),
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: ref('NetworkNat'),
    }),
    NetworkLedgerEndpoint: resource('AWS::EC2::VPCEndpoint', {
      ...inVpc,
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.dynamodb' },
      RouteTableIds: [ref('NetworkPrivateRoutes')],
    }),
    [SECURITY_GROUP]: resource('AWS::EC2::SecurityGroup', {
      ...inVpc,
      GroupDescription: `The functions of poolkeeper-${STAGE}: no request from outside reaches them`,
      SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
    }),
    ...Object.assign({}, ...ZONES.map((zone) => privateSubnet(zone))),
  };
}

/** The output with the address for the access key's policy. */
export function networkOutputs(network: Network | undefined): Record<string, unknown> {
  return network?.kind === 'fixed-address' ? { FixedAddress: { Value: ref('NetworkAddress') } } : {};
}

function tags(part: string): Record<string, unknown> {
  return { Tags: [{ Key: 'Name', Value: `poolkeeper-${STAGE}-${part}` }] };
}

function privateSubnet(zone: Zone): Resources {
  const id = subnetId(zone);
  return {
    [id]: resource('AWS::EC2::Subnet', {
      VpcId: ref(NETWORK),
      ...inZone(zone),
      CidrBlock: `10.200.0.${64 * (zone + 1)}/26`,
      ...tags(`private-${zone + 1}`),
    }),
    [`${id}Routes`]: resource('AWS::EC2::SubnetRouteTableAssociation', {
      RouteTableId: ref('NetworkPrivateRoutes'),
      SubnetId: ref(id),
    }),
  };
}

function inZone(zone: Zone): object {
  return { AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] } };
}

function resource(Type: string, Properties: Record<string, unknown>): CloudFormationResource {
  return { Type, Properties };
}

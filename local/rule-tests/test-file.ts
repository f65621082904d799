import * as z from 'zod';
import { Command } from '#events/command';
import { remediationActions } from '#lib/actions/traits';
import { Duration, PositiveDuration } from '#lib/rules/file/duration';
import { Name } from '#lib/rules/file/name';
import { When } from '#lib/rules/file/when';
import { isNot } from '#lib/rules/file/wording';
import { modes } from '#lib/rules/mode';
import { remediationStates } from '#lib/rules/state';
import { endpointNames } from '#local/simulator/routes/route-table';
import { DriverPhase, NodePhase } from '#local/simulator/world/node-state';
import { FaultEntry } from './fault-entry.ts';

const text = z.string().min(1);
const texts = z.record(z.string(), z.string());
const Glob = text.describe('A text, in which * is any characters and ? is one.');
/** The name of a node, as alerts and the API write it. */
const NodeName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, {
  error: isNot('the name of a node: lower-case letters, digits, dots and hyphens'),
});
const from = (what: string) => Duration.prefault('0s').describe(`${what}, from the start of the test.`);

const nodeFields = {
  phase: NodePhase.exactOptional().describe('As the API shows it. At first: Available.'),
  driver: DriverPhase.exactOptional().describe(
    'The phase of its driver. At first: Running; of an Abnormal node: Abnormal.',
  ),
  workload: text
    .nullable()
    .exactOptional()
    .describe('The name of a training job that runs on it. null: none.'),
  staysBroken: z.boolean().exactOptional().describe('Whether it comes back broken from each reset.'),
  redundant: z.boolean().exactOptional().describe('Whether it is isolated (HA redundancy).'),
  driverVersion: text.exactOptional(),
  os: text.exactOptional().describe('The name of its operating system.'),
  plugins: texts.exactOptional().describe('The version of each plugin.'),
};

const TestNode = z.strictObject({
  address: z.ipv4().exactOptional().describe('Its private IP address.'),
  nodePool: text.exactOptional(),
  flavor: text.exactOptional(),
  supernode: text.exactOptional().describe('Nodes with the same word are one supernode.'),
  tags: texts.exactOptional(),
  ...nodeFields,
});

const TestPool = z.strictObject({
  size: z
    .int()
    .min(0)
    .max(10_000)
    .prefault(8)
    .describe(
      'The number of its nodes. Nodes without an entry under nodes are well: train-a-1, train-a-2 and so on.',
    ),
  nodes: z
    .record(NodeName, TestNode)
    .prefault({})
    .describe('The nodes that differ from a well one, or have their own name.'),
});

const TestAlert = z.strictObject({
  source: When.shape.source.prefault('alertmanager').describe('The source of the alert, as in when.source.'),
  labels: texts.prefault({}),
  annotations: texts.prefault({}),
  severity: text.exactOptional().describe('Absent: the label severity.'),
  event: text.exactOptional().describe('The kind of fault, as in when.event.'),
  state: z.enum(['alerting', 'nodata', 'error', 'unknown']).exactOptional(),
  fingerprint: text.exactOptional().describe('Absent: one for each set of labels.'),
  fires: from('When it begins to fire'),
  resolves: z
    .union([Duration, z.literal('repaired')], { error: isNot('a duration such as 30m, or repaired') })
    .exactOptional()
    .describe(
      'When it resolves, from the start of the test. repaired: a minute after a remediation of it has succeeded. Absent: never.',
    ),
  repeats: PositiveDuration.prefault('1h').describe('How often it is sent while it fires.'),
});

const Change = z.strictObject({ at: from('When the node changes'), node: NodeName, ...nodeFields });

const Decision = z.strictObject({
  at: from('When the person decides'),
  decide: z.enum(['approve', 'reject']),
  node: NodeName.exactOptional().describe('Only plans about this node.'),
  action: z.enum(remediationActions).exactOptional().describe('Only plans of this action.'),
  by: text.prefault('ops').describe('The name of the person.'),
});

const Order = z.strictObject({ at: from('When the command comes'), command: Command });

const ExpectedCall = z.strictObject({
  endpoint: z.enum(endpointNames).exactOptional(),
  pool: text.exactOptional().describe('By its name in the rules file, or its id.'),
  nodes: z.array(NodeName).exactOptional().describe('All nodes of the call, in any order.'),
  nodePool: text.exactOptional(),
  body: z
    .record(z.string(), z.unknown())
    .exactOptional()
    .describe('Fields of the request. Fields without an entry may have any value.'),
});

const ExpectedRemediation = z.strictObject({
  rule: text.exactOptional(),
  action: z.enum(remediationActions).exactOptional(),
  node: NodeName.exactOptional().describe('One of its nodes.'),
  nodePool: text.exactOptional(),
  state: z.enum(remediationStates).exactOptional(),
  mode: z.enum(modes).exactOptional(),
  why: Glob.exactOptional(),
  refusedBy: text.exactOptional().describe('A guard that objects.'),
});

const ExpectedNotice = z.strictObject({
  to: Glob.exactOptional().describe('The URL of the recipient.'),
  state: z.enum(remediationStates).exactOptional(),
  incident: text.exactOptional(),
  node: NodeName.exactOptional(),
  severity: text.exactOptional(),
  text: Glob.exactOptional(),
});

const ExpectedIgnored = z.strictObject({
  labels: texts.exactOptional(),
  why: Glob.exactOptional(),
});

const Expectation = z
  .strictObject({
    at: Duration.describe('When this must hold, from the start of the test.'),
    nothing: z
      .literal(true)
      .exactOptional()
      .describe('Until then there was no call, no notice, and no remediation but skipped and observed ones.'),
    calls: z
      .array(ExpectedCall)
      .exactOptional()
      .describe('All requests until then that change something, in any order. []: none.'),
    remediations: z
      .array(ExpectedRemediation)
      .exactOptional()
      .describe('All remediations until then, with their states at that time, in any order.'),
    notices: z.array(ExpectedNotice).exactOptional().describe('All notices until then, in any order.'),
    ignored: z
      .array(ExpectedIgnored)
      .exactOptional()
      .describe('All alerts until then that led to nothing, each once, in any order.'),
    nodes: z
      .record(
        NodeName,
        z
          .strictObject({ phase: NodePhase, driver: DriverPhase, redundant: z.boolean(), tags: texts })
          .partial(),
      )
      .exactOptional()
      .describe('The state of nodes at that time.'),
  })
  .refine((expected) => Object.keys(expected).length > 1, {
    error: 'expects nothing: add calls, remediations, notices, ignored, nodes, or nothing: true',
  });

const Test = z.strictObject({
  name: text.describe('The behaviour of the rules, in a sentence.'),
  start: z.iso
    .datetime({ offset: true, error: isNot('a time such as 2026-01-05T08:00:00Z') })
    .prefault('2026-01-05T08:00:00Z')
    .describe('The time at which the test begins. It matters for windows and schedules.'),
  pools: z
    .record(Name, TestPool)
    .prefault({})
    .describe(
      'The pools at the start, by their names in the rules file. A pool without an entry has 8 well nodes.',
    ),
  alerts: z.array(TestAlert).prefault([]),
  changes: z.array(Change).prefault([]).describe('Changes of nodes that happen by themselves.'),
  faults: z.array(FaultEntry).prefault([]).describe('Misbehaviour of the API.'),
  decisions: z.array(Decision).prefault([]).describe('Decisions of people about waiting plans.'),
  commands: z.array(Order).prefault([]).describe('Commands of people.'),
  jobs: z
    .strictObject({
      take: PositiveDuration.prefault('6m').describe('How long a job of the API takes for one node.'),
    })
    .prefault({}),
  run: z
    .array(z.enum(['schedules', 'tag-policies', 'scheduled-events']))
    .prefault([])
    .describe('The parts of the rules file that also run, beside the rules for alerts.'),
  expect: z.array(Expectation).min(1),
});

/** A file of tests of rules: as input, the file as people write it; as output, with every default, and with times in milliseconds. */
export const TestFile = z
  .strictObject(
    {
      rules: z
        .union([text, z.record(z.string(), z.unknown())], {
          error: isNot('the path of a rules file, or rules'),
        })
        .describe('The rules file, relative to this file; or the rules themselves.'),
      tests: z.array(Test).min(1),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'the file must be a map with rules and tests' : undefined,
    },
  )
  .meta({
    title: 'Tests of Poolkeeper rules',
    description: 'Tests for `poolkeeper test`: docs/rules/tests.md.',
  });
export type TestFile = z.output<typeof TestFile>;
export type RuleTest = TestFile['tests'][number];
export type Expectation = RuleTest['expect'][number];

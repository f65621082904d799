import type { Scenario } from './scenario.ts';

/** The same scenario with senders about which nothing is odd. */
export function tidied(scenario: Scenario): Scenario {
  return {
    ...scenario,
    inputs: scenario.inputs.map((input) => {
      if (input.kind === 'report') {
        const { copies: _copies, copyLateMs: _late, ...once } = input;
        return once;
      }
      if (input.kind !== 'alert') return input;
      const { sender: _odd, ...plain } = input;
      return plain;
    }),
  };
}

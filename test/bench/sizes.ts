/** How much is measured. Quick shows only that everything can be measured: its numbers say little. */
export function sizes({ quick }: { quick: boolean }) {
  return quick
    ? { rounds: 1, signatures: 10, coldStartRuns: 1 }
    : { rounds: 31, signatures: 2_000, coldStartRuns: 15 };
}

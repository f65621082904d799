#!/usr/bin/env bash
# Runs the tests beside two loops that keep two cores busy: what passes only on a quiet machine fails here.
# usage: test/busy.sh [arguments of vitest]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

loops=()
trap 'for loop in "${loops[@]}"; do kill "$loop" 2>/dev/null || true; done' EXIT
for _ in 1 2; do
  (while :; do :; done) &
  loops+=("$!")
done

npm test -- "$@"

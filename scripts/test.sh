#!/usr/bin/env bash
# Everything that a change must pass, in named stages; ends at the first that fails, with its name. Run it by npm test.
#
# Each stage of tests is a vitest project (tests/support/stages.ts). They report into build/stages, and the summary at the end,
# or of a stage that fails, counts all tests that have run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly reports=build/stages
times=()

stage() {
  local name=$1 started=$SECONDS code=0
  shift
  printf '\n== stage %s\n' "$name"
  "$@" || code=$?
  times+=("$name $((SECONDS - started)) s")
  if [ "$code" -ne 0 ]; then
    printf '\nstages: %s failed with exit code %d (%s)\n' "$name" "$code" "$(IFS=';'; echo "${times[*]}" | sed 's/;/, /g')"
    exit "$code"
  fi
}

summary() { npx vitest run --merge-reports "$reports" --reporter=dot; }

tests() {
  npx vitest run --project "$1" --reporter=./scripts/progress.mjs --reporter=blob --outputFile.blob="$reports/$1.json" || {
    summary || true
    return 1
  }
}

# Each of both keeps one processor busy.
types_and_lint() {
  local code=0
  npm run --silent types & local types=$!
  npm run --silent lint || code=$?
  wait "$types" || code=$?
  return "$code"
}

rm -rf "$reports"
stage set-up bash scripts/setup.sh --all
stage build npm run --silent build
stage types-and-lint types_and_lint
for project in fast model rtl chip; do stage "$project" tests "$project"; done
summary
printf '\nstages: all passed (%s)\n' "$(IFS=';'; echo "${times[*]}" | sed 's/;/, /g')"

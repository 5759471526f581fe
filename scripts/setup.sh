#!/usr/bin/env bash
# Makes a clone ready to build, test and simulate. Idempotent, asks nothing, and does nothing when all is there.
#
#   node_modules   npm ci, when it is missing or older than package-lock.json
#   tools          apt-get, as root or with a sudo that needs no password; else prints what to type and exits 1
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly attempts=3

say() { printf 'setup: %s\n' "$*" >&2; }

# Runs a command until it succeeds, with a pause between attempts: mirrors and registries fail now and then.
retry() {
  local n
  for ((n = 1; n <= attempts; n++)); do
    "$@" && return 0
    ((n == attempts)) || { say "attempt $n of $attempts failed: $*"; sleep $((5 * n)); }
  done
  say "failed: $*"
  return 1
}

check_node() {
  command -v node > /dev/null && command -v npm > /dev/null || {
    say 'node and npm are missing; install the current Node from https://nodejs.org'
    exit 1
  }
  node -e '
    const minimum = require("./package.json").engines.node.replace(">=", "").split(".").map(Number);
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) process.exit(0);
    console.error(`setup: node ${process.versions.node} is too old; install ${minimum.join(".")} or later from https://nodejs.org`);
    process.exit(1);' || exit 1
}

install_packages() {
  [ -f package-lock.json ] || return 0 # an installed package: npm has done it
  local stamp=node_modules/.package-lock.json
  [ -f "$stamp" ] && [ ! package-lock.json -nt "$stamp" ] && return 0
  say 'installing packages (npm ci)'
  retry npm ci --prefer-offline --no-audit --no-fund --loglevel=error >&2
  touch "$stamp"
}

# command:Debian package:Homebrew package; g++ compiles what Verilator writes.
readonly tools=(verilator:verilator:verilator iverilog:iverilog:icarus-verilog yosys:yosys:yosys g++:g++:gcc)

install_tools() {
  local tool command debian brew missing=() apt=() homebrew=()
  for tool in "${tools[@]}"; do
    IFS=: read -r command debian brew <<< "$tool"
    command -v "$command" > /dev/null && continue
    missing+=("$command")
    apt+=("$debian")
    homebrew+=("$brew")
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  local root=()
  if command -v apt-get > /dev/null; then
    if [ "$(id -u)" -eq 0 ] || { root=(sudo -n); sudo -n true 2> /dev/null; }; then
      say "installing ${apt[*]} (apt-get)"
      retry "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 || say 'going on with the package lists of before'
      retry "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${apt[@]}" >&2
      return 0
    fi
  fi
  say "missing: ${missing[*]}; install them, then run this again:"
  say "  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y ${apt[*]}"
  say "  macOS:           brew install ${homebrew[*]}"
  exit 1
}

check_node
install_packages
install_tools

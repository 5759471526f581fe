#!/usr/bin/env bash
# Makes a clone ready. Idempotent, asks nothing, and does nothing when all is there.
#
#   setup.sh         what `npm start` needs
#   setup.sh --all   what `npm test` and every command need too: the second simulator, synthesis, place and route, proofs
#
#   node_modules   npm ci, when it is missing or older than package-lock.json; brings no browser
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

# command or file:Debian package:Homebrew package (- where there is none); g++ compiles what Verilator writes.
readonly needed=(verilator:verilator:verilator g++:g++:gcc)
readonly tested=(iverilog:iverilog:icarus-verilog yosys:yosys:yosys)
# Only for `trexgen synth`, `npm run formal` and the checks of what `generate` writes beside the Verilog.
readonly useful=(nextpnr-ice40:nextpnr-ice40:- sta:opensta:- berkeley-abc:berkeley-abc:- tclsh:tcl:tcl-tk
  /usr/share/qflow/tech/osu018:qflow-tech-osu018:- gcc:gcc:gcc make:make:make)

# Of the given tools those that are not there, in one line.
missing_of() {
  local tool
  for tool in "$@"; do
    command -v "${tool%%:*}" > /dev/null || [ -e "${tool%%:*}" ] || printf '%s ' "$tool"
  done
}

# Field 2 or 3 of tools.
packages_of() {
  local field=$1
  shift
  [ $# -eq 0 ] || printf '%s\n' "$@" | cut -d: -f"$field" | grep -vx -- - | sort -u | tr '\n' ' '
}

apt_install() {
  local root=()
  command -v apt-get > /dev/null || return 1
  [ "$(id -u)" -eq 0 ] || { root=(sudo -n) && sudo -n true 2> /dev/null; } || return 1
  say "installing $* (apt-get)"
  retry "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 || say 'going on with the package lists of before'
  retry "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >&2
}

tell() {
  say "missing: $(printf '%s\n' "$@" | cut -d: -f1 | tr '\n' ' ')"
  say "  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y $(packages_of 2 "$@")"
  say "  macOS:           brew install $(packages_of 3 "$@")"
}

# Installs tools, or says what to type and ends.
require_tools() {
  local missing packages
  read -r -a missing <<< "$(missing_of "$@")"
  if [ ${#missing[@]} -gt 0 ]; then
    read -r -a packages <<< "$(packages_of 2 "${missing[@]}")"
    apt_install "${packages[@]}" || { tell "${missing[@]}"; say 'install them, then run this again'; exit 1; }
  fi
}

# Installs tools, or says what goes without them.
want_tools() {
  local missing packages
  read -r -a missing <<< "$(missing_of "$@")"
  if [ ${#missing[@]} -gt 0 ]; then
    read -r -a packages <<< "$(packages_of 2 "${missing[@]}")"
    apt_install "${packages[@]}" || { tell "${missing[@]}"; say 'synthesis, proofs and some checks go without them'; }
  fi
}

case "$*" in
  '') all=false ;;
  --all) all=true ;;
  *) say "unknown arguments: $*; usage: setup.sh [--all]"; exit 2 ;;
esac
check_node
install_packages
if $all; then
  require_tools "${needed[@]}" "${tested[@]}"
  want_tools "${useful[@]}"
else
  require_tools "${needed[@]}"
fi

#!/usr/bin/env bash
# tests/deploy/make_bundles.sh BUILD_DIR WORK_DIR: a bundle with the headers of FFC, and one without the compiler.
set -euo pipefail
scripts=$(cd "$(dirname "$0")/../../scripts" && pwd)
build=$1 work=$2
ufc=$(/usr/bin/python3 -c 'import ffc; print(ffc.get_include_path())')
rm -rf "$work/bundle" "$work/run-only"
mkdir -p "$work"
"$scripts/bundle" --build "$build" -o "$work/bundle" --include-dir "$ufc"
"$scripts/bundle" --build "$build" -o "$work/run-only" --include-dir "$ufc" --run-only

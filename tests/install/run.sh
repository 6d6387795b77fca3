#!/usr/bin/env bash
# tests/install/run.sh BUILD_DIR WORK_DIR LIBDIR: the tree of `cmake --install`, where it was installed and where it was moved to.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2 libdir=$3
rm -rf "$work/prefix" "$work/moved"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
"$here/consumers.sh" "$work/prefix" "$libdir" "$work/consumers"
mv "$work/prefix" "$work/moved"
"$here/consumers.sh" "$work/moved" "$libdir" "$work/consumers"
echo "the tree works where it is moved to"

#!/usr/bin/env bash
# tests/install/run.sh BUILD_DIR WORK_DIR LIBDIR: the tree of `cmake --install`, where it was installed and where it was moved to.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2 libdir=$3
rm -rf "$work/prefix" "$work/moved" "$work/staged"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
for library in orc compiler; do
  if readelf -SW "$work/prefix/$libdir/libdijitso-$library.so" | grep -q debug_info; then
    echo "libdijitso-$library.so has debug information of LLVM, at which valgrind gives up" >&2
    exit 1
  fi
done
"$here/../../scripts/check_needs.py" "$work/prefix"
"$here/consumers.sh" "$work/prefix" "$libdir" "$work/consumers"
mv "$work/prefix" "$work/moved"
"$here/consumers.sh" "$work/moved" "$libdir" "$work/consumers"
echo "the tree works where it is moved to"

DESTDIR=$work/staged cmake --install "$build" --prefix /usr --component header_pack >/dev/null
cmp "$work/staged/usr/$libdir/dijitso/headers.pack" "$work/moved/$libdir/dijitso/headers.pack"
"$work/moved/bin/dijitso-cache" doctor --json | grep -q "'$work/moved/.*$libdir/dijitso/headers.pack' has c++"
echo "the default header pack is the same with DESTDIR, and is found where the tree is moved to"

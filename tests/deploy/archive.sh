#!/usr/bin/env bash
# tests/deploy/archive.sh BUILD_DIR WORK_DIR: the archive of cpack has one folder, with what the tree of scripts/bundle has.
set -euo pipefail
build=$1 work=$2
rm -rf "$work/archive"
(cd "$build" && cpack -G TZST -B "$work/archive") >"$work/archive.log" 2>&1 || { cat "$work/archive.log"; exit 1; }
list() { find . ! -type d | sort; }
mkdir "$work/archive/unpacked"
tar --zstd -xf "$work"/archive/dijitso-*.tar.zst -C "$work/archive/unpacked"
test "$(ls "$work/archive/unpacked" | wc -l)" = 1
diff <(cd "$work/bundle" && list) <(cd "$work"/archive/unpacked/dijitso-* && list)
"$work"/archive/unpacked/dijitso-*/bin/dijitso-cache version

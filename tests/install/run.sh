#!/usr/bin/env bash
# tests/install/run.sh BUILD_DIR WORK_DIR LIBDIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2 libdir=$3
prefix=$work/prefix
rm -rf "$prefix" "$work/moved" "$work/staged" "$work/consumer-build" "$work/c-consumer-build" "$work/cache"
cmake --install "$build" --prefix "$prefix" >/dev/null
export DIJITSO_CACHE_DIR=$work/cache

cmake -S "$here/consumer" -B "$work/consumer-build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/consumer-build" >/dev/null
"$work/consumer-build/consumer"
echo "find_package: the consumer ran"
cmake -S "$here/c-consumer" -B "$work/c-consumer-build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/c-consumer-build" >/dev/null
"$work/c-consumer-build/c-consumer" | grep "3 times 14 is 42"
echo "find_package: the consumer in C ran, in a project without C++"

export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
# shellcheck disable=SC2046
g++ -std=c++20 "$here/consumer/main.cpp" $(pkg-config --cflags --libs dijitso) -o "$work/consumer"
LD_LIBRARY_PATH=$prefix/$libdir "$work/consumer"
echo "pkg-config: the consumer ran"
# shellcheck disable=SC2046
gcc -std=c99 -pedantic -Wall -Wextra -Werror "$here/../../examples/hello_c/hello.c" $(pkg-config --cflags --libs dijitso) \
  -o "$work/c-consumer"
LD_LIBRARY_PATH=$prefix/$libdir "$work/c-consumer" | grep "3 times 14 is 42"
echo "pkg-config: the consumer in C ran"

DESTDIR=$work/staged cmake --install "$build" --prefix /usr --component header_pack >/dev/null
cmp "$work/staged/usr/$libdir/dijitso/headers.pack" "$prefix/$libdir/dijitso/headers.pack"
echo "DESTDIR: the header pack is the same"

# The tree works where it is moved to.
mv "$prefix" "$work/moved"
prefix=$work/moved
export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
# shellcheck disable=SC2046
g++ -std=c++20 "$here/consumer/main.cpp" $(pkg-config --cflags --libs dijitso) \
  -Wl,-rpath,"$(pkg-config --variable=libdir dijitso)" -o "$work/consumer"
"$work/consumer"
echo "moved: the consumer ran"
"$prefix/bin/dijitso-cache" doctor --json | grep -q "'$prefix/.*$libdir/dijitso/headers.pack' has c++"
echo "moved: the default header pack is used"

test "$("$prefix/bin/dijitso-cache" version)" = "$(pkg-config --modversion dijitso)"
test "$(readlink "$prefix/bin/dijitso")" = dijitso-cache
"$prefix/bin/dijitso" show --json | grep -q '"obj"'
"$prefix/bin/dijitso-cache" inspect consumer | grep -q '^Symbols'
echo "dijitso-cache runs from the installed tree, by both its names"

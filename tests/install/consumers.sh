#!/usr/bin/env bash
# tests/install/consumers.sh PREFIX LIBDIR WORK_DIR: what programs and people do with dijitso installed in PREFIX, whose libraries are in
# PREFIX/LIBDIR. Builds consumers in C++ and C, by find_package and by pkg-config, runs them, and Python where its package is there, and the
# command. Changes nothing but WORK_DIR, which it makes anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=$(realpath "$1") libdir=$2 work=$3
rm -rf "$work"
mkdir -p "$work"
export DIJITSO_CACHE_DIR=$work/cache

cmake -S "$here/consumer" -B "$work/consumer-build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
grep -q "dijitso_DIR:PATH=$prefix/" "$work/consumer-build/CMakeCache.txt"
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
# shellcheck disable=SC2046
g++ -std=c++20 "$here/consumer/main.cpp" $(pkg-config --cflags --libs dijitso) \
  -Wl,-rpath,"$(pkg-config --variable=libdir dijitso)" -o "$work/consumer"
"$work/consumer"
echo "pkg-config: the consumer ran"
# shellcheck disable=SC2046
gcc -std=c99 -pedantic -Wall -Wextra -Werror "$here/../../examples/hello_c/hello.c" $(pkg-config --cflags --libs dijitso) \
  -o "$work/c-consumer"
LD_LIBRARY_PATH=$prefix/$libdir "$work/c-consumer" | grep "3 times 14 is 42"
echo "pkg-config: the consumer in C ran"

if [ -d "$prefix/lib/python3/dist-packages/dijitso" ]; then
  PYTHONPATH=$prefix/lib/python3/dist-packages /usr/bin/python3 -B -c '
import dijitso
library, _ = dijitso.jit(None, "from_python", {}, lambda *a: ("", "extern \"C\" int answer() { return 42; }", ()))
assert library.answer() == 42 and dijitso.__file__.startswith("'"$prefix/"'"), dijitso.__file__'
  echo "Python: the consumer ran"
fi

test "$("$prefix/bin/dijitso-cache" version)" = "$(pkg-config --modversion dijitso)"
test "$(readlink "$prefix/bin/dijitso")" = dijitso-cache
test "$(readlink "$prefix/bin/dijitso-c++")" = dijitso-cc
"$prefix/bin/dijitso" show --json | grep -q '"obj"'
"$prefix/bin/dijitso-cache" inspect consumer | grep -q '^Symbols'
echo "dijitso-cache runs from there, by both its names"

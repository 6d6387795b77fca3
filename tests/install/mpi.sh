#!/usr/bin/env bash
# tests/install/mpi.sh BUILD_DIR WORK_DIR LIBDIR: a program with dijitso::mpi, built from the installed tree and run on two ranks; and one
# without, where MPI cannot be found.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2 libdir=$3
prefix=$work/prefix
rm -rf "$work"
cmake --install "$build" --prefix "$prefix" >/dev/null
run() { rm -rf "$work/caches"; mpirun -n 2 --oversubscribe "$@" "$work/caches"; }

cmake -S "$here/mpi-consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/build" >/dev/null
run "$work/build/mpi-consumer"
echo "find_package: the consumer ran"

export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
# shellcheck disable=SC2046
g++ -std=c++20 "$here/mpi-consumer/main.cpp" $(pkg-config --cflags --libs dijitso-mpi) -o "$work/consumer"
run -x LD_LIBRARY_PATH="$prefix/$libdir" "$work/consumer"
echo "pkg-config: the consumer ran"

# Without the component, MPI is not looked for; with it, that it is missing is an error.
no_mpi=(-DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON)
cmake -S "$here/consumer" -B "$work/without" "${no_mpi[@]}" &>/dev/null
cmake --build "$work/without" >/dev/null
if readelf -d "$work/without/consumer" "$prefix/$libdir/libdijitso.so" | grep -E 'NEEDED.*(libmpi|dijitso-mpi)'; then exit 1; fi
if cmake -S "$here/mpi-consumer" -B "$work/missing" "${no_mpi[@]}" >"$work/missing.log" 2>&1; then exit 1; fi
grep -q MPI "$work/missing.log"
echo "find_package: MPI is needed for the component mpi only"

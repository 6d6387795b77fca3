#!/usr/bin/env bash
# tests/install/mpi.sh BUILD_DIR WORK_DIR LIBDIR: a program with dijitso::mpi, and dijitso::mpi_mpich, built from the installed tree and run on two
# ranks; and one without, where MPI cannot be found.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2 libdir=$3
prefix=$work/prefix
rm -rf "$work"
cmake --install "$build" --prefix "$prefix" >/dev/null
export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig

consume() {  # COMPONENT MPIRUN [CMAKE_OPTION]...
  local component=$1 package=dijitso-${1/_/-} mpirun=$2 build=$work/$1
  run() { rm -rf "$work/caches"; $mpirun -n 2 "$@" "$work/caches"; }
  cmake -S "$here/mpi-consumer" -B "$build" -DCMAKE_PREFIX_PATH="$prefix" -DCOMPONENT="$component" "${@:3}" >/dev/null
  cmake --build "$build" >/dev/null
  run "$build/mpi-consumer"
  echo "find_package, $component: the consumer ran"

  # shellcheck disable=SC2046
  g++ -std=c++20 "$here/mpi-consumer/main.cpp" $(pkg-config --cflags --libs "$package") -o "$build/consumer"
  run env LD_LIBRARY_PATH="$prefix/$libdir" "$build/consumer"
  echo "pkg-config, $component: the consumer ran"
}
consume mpi "mpirun --oversubscribe"
if grep -q DIJITSO_MPICH:BOOL=ON "$build/CMakeCache.txt"; then
  consume mpi_mpich mpirun.mpich -DMPI_EXECUTABLE_SUFFIX=.mpich
  if readelf -d "$prefix/$libdir/libdijitso-mpi-mpich.so" "$work/mpi_mpich/mpi-consumer" | grep -E 'NEEDED.*(libmpi\.so|dijitso-mpi\.so)'; then exit 1; fi
fi

# Without the component, MPI is not looked for; with it, that it is missing is an error.
no_mpi=(-DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON)
cmake -S "$here/consumer" -B "$work/without" "${no_mpi[@]}" &>/dev/null
cmake --build "$work/without" >/dev/null
if readelf -d "$work/without/consumer" "$prefix/$libdir/libdijitso.so" | grep -E 'NEEDED.*(libmpi|dijitso-mpi)'; then exit 1; fi
if cmake -S "$here/mpi-consumer" -B "$work/missing" "${no_mpi[@]}" >"$work/missing.log" 2>&1; then exit 1; fi
grep -q MPI "$work/missing.log"
echo "find_package: MPI is needed for the component mpi only"

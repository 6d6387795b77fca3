#!/usr/bin/env bash
# tests/install/deb.sh BUILD_DIR WORK_DIR: makes the .deb, unpacks it, and runs what is in it as C++, as Python and as a command.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 work=$2
rm -rf "$work"
mkdir -p "$work"
(cd "$build" && cpack -G DEB -B "$work/packages" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
deb=$(ls "$work"/packages/*.deb)

field() { dpkg-deb -f "$deb" "$1"; }
test "$(field Package)" = dijitso
test "$(field Conflicts)" = python3-dijitso
field Provides | grep -q 'python3-dijitso (= 2019.2'
for needed in libclang-cpp22 libllvm22 libclang-common-22-dev libstdc++-12-dev python3-numpy; do field Depends | grep -q "$needed"; done
echo "deb: it takes the place of python3-dijitso and names what it needs"

dpkg-deb -x "$deb" "$work/root"
test -z "$(find "$work/root" -name '*.pack')"
echo "deb: it has no headers of others"
export DIJITSO_CACHE_DIR=$work/cache
PYTHONPATH=$work/root/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import dijitso
library, _ = dijitso.jit(None, "m", {}, lambda *a: ("", "extern \"C\" int answer() { return 42; }", ()))
assert library.answer() == 42 and dijitso.__file__.startswith("'"$work/root"'")'
if grep -q DIJITSO_MPI:BOOL=ON "$build/CMakeCache.txt"; then
  PYTHONPATH=$work/root/usr/lib/python3/dist-packages OMPI_MCA_ess_singleton_isolated=1 /usr/bin/python3 -c '
import dijitso
from mpi4py import MPI
assert dijitso.mpi.jit(MPI.COMM_SELF, None, "m", {})[0].answer() == 42'
  echo "deb: Python ran with MPI"
fi
echo "deb: Python ran"
"$work/root/usr/bin/dijitso-cache" show --signatures | grep -q m
"$work/root/usr/bin/dijitso-cache" inspect m | grep -q 'function  answer'
cmake -S "$here/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/root/usr" >/dev/null
cmake --build "$work/consumer" >/dev/null
"$work/consumer/consumer"
echo "deb: the command and the consumer ran"

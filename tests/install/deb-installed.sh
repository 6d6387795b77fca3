#!/usr/bin/env bash
# tests/install/deb-installed.sh PACKAGES LIBDIR: installs the packages in a folder, uses them, and removes them. It changes the machine: deb.sh
# runs it on a copy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$1 libdir=$2
fail() { echo "deb: $*" >&2; exit 1; }
names=$(for file in "$packages"/*.deb; do dpkg-deb -f "$file" Package; done)

# As a user would, with the machine's own package in place; what depends on that must stay.
for present in python3-dijitso python3-ffc python3-dolfin; do dpkg-query -W "$present" >/dev/null; done
apt-get install -q -y --no-install-recommends "$packages"/*.deb >/tmp/apt.log 2>&1 || { cat /tmp/apt.log; fail "they cannot be installed"; }
is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
for name in $names python3-ffc python3-dolfin; do is_installed "$name" || fail "$name is not installed"; done
if is_installed python3-dijitso; then fail "python3-dijitso is still there"; fi
# shellcheck disable=SC2086
test -z "$(dpkg --verify $names)" || fail "files are not those of the packages"
dpkg --audit
apt-get check -q >/dev/null
echo "deb: installed in place of python3-dijitso; FFC and DOLFIN stayed"

"$here/consumers.sh" /usr "$libdir" /tmp/consumers
cd /tmp
export DIJITSO_CACHE_DIR=/tmp/cache
# What the packages precompiled is what the first program of a user needs.
layer=/usr/$libdir/dijitso/cache/pch
DIJITSO_CACHE_DIR=/tmp/first dijitso-cache precompile --for dolfin >/tmp/precompile.log
test "$(grep -c '^present' /tmp/precompile.log)" = 4 || { cat /tmp/precompile.log; fail "headers of DOLFIN were not precompiled"; }
test -z "$(find "$layer" ! -perm -444)" || fail "not all may read $layer"
echo "deb: headers of DOLFIN were precompiled at the installation"
test "$(command -v dijitso-cache)" = /usr/bin/dijitso-cache
dijitso-cache doctor >/tmp/doctor.log || { cat /tmp/doctor.log; fail "doctor finds fault"; }
for page in dijitso-cache dijitso dijitso-cc dijitso-c++; do ls /usr/share/man/man1/$page.1* >/dev/null; done
/usr/bin/python3 -B -c '
import dijitso, dolfin
assert dijitso.__file__.startswith("/usr/lib/python3/dist-packages/dijitso/") and hasattr(dijitso, "jit_async")
mesh = dolfin.UnitSquareMesh(4, 4)
space = dolfin.FunctionSpace(mesh, "CG", 1)
area = dolfin.assemble(dolfin.Constant(1.0) * dolfin.dx(mesh))
assert abs(area - 1) < 1e-12, area'
dijitso show --signatures | grep -q ffc_
echo "deb: DOLFIN ran with it, and the command looks into its cache"
if echo "$names" | grep -qx libdijitso-mpi0; then
  OMPI_MCA_ess_singleton_isolated=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 /usr/bin/python3 -B -c '
import dijitso
from mpi4py import MPI
generate = lambda *a: ("", "extern \"C\" int answer() { return 42; }", ())
assert dijitso.mpi.jit(MPI.COMM_SELF, None, "m", {}, generate)[0].answer() == 42'
  echo "deb: Python ran with MPI"
fi
if echo "$names" | grep -qx python3-dijitso-llvm-mpich; then
  PYTHONPATH=$here/../python/mpich TEST_MPI_LIBRARY=libmpich.so.12 /usr/bin/python3 -B -c '
import dijitso
from mpi4py import MPI
generate = lambda *a: ("", "extern \"C\" int answer() { return 42; }", ())
assert dijitso.mpi.jit(MPI.COMM_SELF, None, "m", {}, generate)[0].answer() == 42'
  echo "deb: Python ran with MPICH"
fi

# A run-only machine: without the compiler, and what needs it, the cache still answers.
apt-get remove -q -y libdijitso-compiler >/dev/null 2>&1
for name in libdijitso0 dijitso-tools; do is_installed "$name" || fail "$name went with the compiler"; done
test ! -e "/usr/$libdir/libdijitso-compiler.so"
DIJITSO_CACHE_DIR=/tmp/consumers/cache /tmp/consumers/consumer
DIJITSO_CACHE_DIR=/tmp/consumers/cache dijitso-cache inspect consumer | grep -q '^Symbols'
echo "deb: without the compiler the cache answers"

for file in "$packages"/*.deb; do dpkg-deb -c "$file" | awk '{ print $6 }' | sed 's|^\.||; s|/$||'; done | sort -u >/tmp/files
# shellcheck disable=SC2086
dpkg --purge $names >/tmp/purge.log 2>&1 || { cat /tmp/purge.log; fail "they cannot be removed"; }
if grep -E 'not removed|not empty' /tmp/purge.log; then fail "something stayed"; fi
while read -r file; do
  if [ -n "$file" ] && [ -e "$file" ] && ! dpkg -S "$file" >/dev/null 2>&1; then fail "$file stayed"; fi
done </tmp/files
echo "deb: removed without a trace"

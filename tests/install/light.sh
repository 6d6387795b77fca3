#!/usr/bin/env bash
# tests/install/light.sh SOURCE_DIR WORK_DIR: what scripts/setup --light configures needs none of the tests' packages; and when the rest is
# added to the same tree, no file is compiled in another way, and so none again. It is configured, not built.
set -euo pipefail
source=$1 work=$2
rm -rf "$work"
mkdir -p "$work"
configure() { cmake --preset dev -S "$source" -B "$work/build" "$@" >"$work/configure.log" 2>&1 || { cat "$work/configure.log" >&2; exit 1; }; }
compiles() { ninja -C "$work/build" -t commands all | grep -F ' -c ' | sort; }
# Before anything is installed, an unknown preset is an error that names it.
if refusal=$("$source/scripts/setup" --light nosuch 2>&1); then exit 1; fi
[[ $refusal == *"no preset 'nosuch'"* ]]
read -r -a options <<<"$(sed -n 's/^  options=(\(.*\))$/\1/p' "$source/scripts/setup")"
test "${#options[@]}" -ge 3
configure "${options[@]}" -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON
compiles >"$work/light"
ninja -C "$work/build" -t targets all >"$work/targets"
for program in poisson ffc_modules_run dijitso-cache dijitso-cc; do grep -q "^bin/$program:" "$work/targets"; done
if grep -E '(unittests|bench|tests/(jit|cli))/' "$work/light" | head -3 | grep .; then
  echo "tests or benchmarks are built" >&2
  exit 1
fi
configure -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=OFF -DCMAKE_DISABLE_FIND_PACKAGE_MPI=OFF
compiles >"$work/full"
if comm -23 "$work/light" "$work/full" | head -3 | grep .; then
  echo "these files would be compiled again" >&2
  exit 1
fi
if [ "$work/build/runtime_helpers.a" -nt "$work/light" ]; then
  echo "configuring again writes what the compiler library embeds" >&2
  exit 1
fi
echo "$(wc -l <"$work/light") files are compiled for the main job, $(wc -l <"$work/full") with tests and benchmarks"

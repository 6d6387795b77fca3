#!/usr/bin/env bash
# tests/install/subproject.sh SOURCE_DIR WORK_DIR: dijitso within another project, by add_subdirectory. It is configured, not built.
set -euo pipefail
source=$1 work=$2
rm -rf "$work"
mkdir -p "$work/project"
cat >"$work/project/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(host LANGUAGES C CXX ASM)
add_subdirectory($source dijitso)
file(WRITE main.cpp "int main() {}")
add_executable(host main.cpp)
target_link_libraries(host PRIVATE dijitso::dijitso)
END
cmake -G Ninja -S "$work/project" -B "$work/build" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >"$work/configure.log" 2>&1 || { cat "$work/configure.log" >&2; exit 1; }
targets=$(ninja -C "$work/build" -t targets all)
grep -q "libdijitso.so" <<<"$targets"
if grep -E "unit_core|jit_tests|bench|_mpi|python|examples/" <<<"$targets" | grep -v "lib/comm/\|/all:\|edit_cache\|rebuild_cache" | head -5 | grep .; then
  echo "tests, benchmarks, MPI or Python are built within another project" >&2
  exit 1
fi
if grep -A1 '"directory"' "$work/build/compile_commands.json" | grep "project/main.cpp" | grep -E -- "-Wpedantic|-Werror|ccache"; then
  echo "options of this project have reached the other one" >&2
  exit 1
fi
echo "within another project nothing but the libraries and the command is built"

#!/usr/bin/env bash
# tests/install/deb.sh BUILD_DIR WORK_DIR LIBDIR: makes the packages of Debian and looks at them; then installs them, uses them and removes them
# (deb-installed.sh) on a copy of this machine, which lasts as long as the test: an overlay on / that is kept in memory. As root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1") work=$2 libdir=$3
source=$(realpath "$here/../..")
rm -rf "$work"
mkdir -p "$work/root"
(cd "$build" && cpack -G DEB -B "$work/packages" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }

deb() { ls "$work/packages/$1"_*.deb; }
field() { dpkg-deb -f "$(deb "$1")" "$2"; }
fail() { echo "deb: $*" >&2; exit 1; }
version=$(sed -n 's/^project(dijitso VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")
packages=(libdijitso0 libdijitso-compiler libdijitso-dev dijitso-tools python3-dijitso-llvm)
if grep -q DIJITSO_MPI:BOOL=ON "$build/CMakeCache.txt"; then packages+=(libdijitso-mpi0); fi
if grep -q DIJITSO_MPICH:BOOL=ON "$build/CMakeCache.txt"; then packages+=(libdijitso-mpi-mpich0 python3-dijitso-llvm-mpich); fi
test "$(ls "$work/packages"/*.deb | wc -l)" = "${#packages[@]}" || fail "there are other packages: $(ls "$work/packages"/*.deb)"
needs() { for needed in "${@:2}"; do field "$1" Depends | grep -qF "$needed" || fail "$1 does not depend on $needed"; done; }
needs libdijitso0 libc6 libzstd1
needs libdijitso-compiler "libdijitso0 (= $version)" libclang-common-22-dev libstdc++-12-dev libc6-dev
needs libdijitso-dev "libdijitso0 (= $version)" "libdijitso-compiler (= $version)"
needs dijitso-tools "libdijitso0 (= $version)"
needs python3-dijitso-llvm "libdijitso0 (= $version)" "libdijitso-compiler (= $version)" python3-numpy
for package in "${packages[@]}"; do
  case $package in
    *mpich*) field "$package" Depends | grep -q libmpich12 || fail "$package does not depend on MPICH" ;;
    *) if field "$package" Depends | grep -q mpich; then fail "$package depends on MPICH"; fi ;;
  esac
done
if field libdijitso0 Depends | grep -qE 'clang|libstdc\+\+-12-dev|openmpi'; then fail "libdijitso0 needs a compiler or MPI"; fi
field python3-dijitso-llvm Provides | grep -qF 'python3-dijitso (= 2019.2' || fail "it is no python3-dijitso"
for package in python3-dijitso-llvm dijitso-tools; do field "$package" Conflicts | grep -qF 'python3-dijitso (<<'; done
echo "deb: the packages name what they need"

for package in "${packages[@]}"; do
  files=$work/unpacked/$package
  mkdir -p "$files"
  dpkg-deb -R "$(deb "$package")" "$files"
  (cd "$files" && md5sum --quiet -c DEBIAN/md5sums) || fail "$package: md5sums"
  test "$(cd "$files" && find . -path ./DEBIAN -prune -o -type f -print | wc -l)" = "$(wc -l <"$files/DEBIAN/md5sums")" || fail "$package: md5sums lack files"
  test -f "$files/usr/share/doc/$package/copyright" || fail "$package has no copyright"
  if [ -n "$(find "$files" ! -type l -perm /022)" ]; then fail "$package: others may write"; fi
  if [ -n "$(find "$files" -type d ! -perm 755)" ]; then fail "$package: a directory of other rights than 755"; fi
  dpkg-deb -c "$(deb "$package")" | awk '$2 != "root/root" { exit 1 }' || fail "$package: not all is root's"
  while read -r file; do
    head -c 4 "$file" | grep -q ELF || continue
    if readelf -SW "$file" | grep -qE '\.(symtab|debug_info)'; then fail "$file is not stripped"; fi
    if readelf -dW "$file" | grep -E 'R(UN)?PATH' | grep -F "$build"; then fail "$file looks into the build tree"; fi
    if grep -qF "$build" "$file"; then fail "$file names the build tree"; fi
  done < <(find "$files/usr" -type f)
done
# No file is in two packages, and nothing that `cmake --install` installs is in none.
(cd "$work/unpacked" && find . ! -type d -path '*/usr/*' | sed 's|^\./[^/]*/usr/||' | sort) >"$work/packed"
if grep '\.pack$' "$work/packed"; then fail "a package has the headers of others"; fi
if [ -n "$(uniq -d "$work/packed")" ]; then fail "in two packages: $(uniq -d "$work/packed")"; fi
cmake --install "$build" --prefix "$work/whole" >/dev/null
(cd "$work/whole" && find . ! -type d ! -name '*.pack*' | sed 's|^\./||' | sort) >"$work/whole.list"
if [ -n "$(comm -13 "$work/packed" "$work/whole.list")" ]; then fail "in no package: $(comm -13 "$work/packed" "$work/whole.list")"; fi
echo "deb: sums, rights, paths and contents are right"

# In a mount namespace of its own: nothing of this is seen by others, or stays.
export here build work libdir source
unshare --mount --fork bash -euo pipefail <<'INSIDE'
mount --make-rprivate /
mount -t tmpfs tmpfs "$work/root"
mkdir "$work/root/upper" "$work/root/work" "$work/root/copy"
copy=$work/root/copy
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/root/upper,workdir=$work/root/work" "$copy"
for folder in proc dev sys; do mount --rbind "/$folder" "$copy/$folder"; done
mkdir -p "$copy/packages" "$copy$source"
cp "$work"/packages/*.deb "$copy/packages"
mount --bind "$source" "$copy$source"
mount -t tmpfs tmpfs "$copy$build"  # the packages do without
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  chroot "$copy" "$here/deb-installed.sh" /packages "$libdir"
INSIDE

"""A compute node: a directory with nothing in it but a C library, in which programs run by chroot, with file systems that are mounted for
the run alone. Needs root, or user namespaces."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

C_LIBRARY = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"]
NOBODY = 65534


def needed_by(program):
    """The dynamic loader of a program, and the shared libraries that it is linked with."""
    listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return [pathlib.Path(path) for path in re.findall(r"(/\S+) \(0x", listing)]


class Node:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.mounts = []
        for directory in ("proc", "tmp", "dev", "cache"):
            (self.root / directory).mkdir(parents=True)
        (self.root / "dev" / "null").touch()
        self.mount("/dev/null", "/dev/null", "rw")
        libraries = needed_by("/bin/true")
        self.copy(next(path for path in libraries if "ld-linux" in path.name))
        directory = next(path for path in libraries if path.name == "libc.so.6").parent
        for name in C_LIBRARY:
            self.copy(directory / name)

    def copy(self, source, target=None):
        """A file of this machine, under the same path unless another is given."""
        path = self.root / str(target or source).lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)

    def mount(self, source, target, options="ro"):
        """A directory or file of this machine, or "tmpfs". Later ones may lie in earlier ones."""
        self.mounts = [mount for mount in self.mounts if mount[1] != target] + [(str(source), target, options)]

    def mount_without_headers(self, directory, keep=""):
        """A directory of this machine without headers and archives. `keep`: a pattern of
        names that stay."""
        self.mount(directory, str(directory), "overlay:" + keep)

    def _mounting(self, source, target, options):
        place = shlex.quote(str(self.root) + target)
        yield f"[ -e {place} ] || mkdir -p {place}"
        if options.startswith("overlay:"):
            kept = shlex.join(["!", "-name", options.removeprefix("overlay:")])
            layer = shlex.quote(f"{self.root}.layer{target}")
            yield f"mkdir -p {layer} && mount -t tmpfs tmpfs {layer} && mkdir {layer}/upper {layer}/work"
            yield f"mount -t overlay -o lowerdir={shlex.quote(source)},upperdir={layer}/upper,workdir={layer}/work overlay {place}"
            yield f"find {place} {kept} \\( -name '*.a' -o -name '*.h' -o -name '*.hpp' -o -path '*/include/*' -type f \\) -delete"
        elif source == "tmpfs":
            yield f"mount -t tmpfs -o {options} tmpfs {place}"
        else:
            yield f"mount --rbind {shlex.quote(source)} {place}"
            yield f"mount -o remount,bind,{options} {place}"

    def run(self, *command, env=None, user=None):
        """Gives the process when it is done. The program finds an empty environment but for `env`."""
        root = shlex.quote(str(self.root))
        lines = ["set -e", f"mount -t proc proc {root}/proc", f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp"]
        for mount in self.mounts:
            lines += self._mounting(*mount)
        identity = [f"--userspec={user}:{user}"] if user else []
        given = [f"{name}={value}" for name, value in (env or {}).items()]
        lines.append(shlex.join(["exec", "env", "-i", *given, shutil.which("chroot"), *identity, str(self.root), *map(str, command)]))
        namespaces = ["--mount"] if os.getuid() == 0 else ["--mount", "--user", "--map-root-user"]
        return subprocess.run(["unshare", *namespaces, "sh", "-c", "\n".join(lines)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)

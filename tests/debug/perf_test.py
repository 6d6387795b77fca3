"""The file that tells perf the names of functions, compared with the addresses that the process itself reports."""
import json
import os
import pathlib
import subprocess

import debugging

EXPORTED = ["volume", "collect", "fail", "call_static"]


class PerfMap(debugging.DebugTest):
    def setUp(self):
        super().setUp()
        self.env["DIJITSO_PERF"] = "1"

    def start(self, *prefix):
        """A worker that does nothing before show(), and the path of its map."""
        process = subprocess.Popen([*prefix, debugging.WORKER, "addresses"], env=self.env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, self.map_of(process.pid)

    def map_of(self, pid):
        path = pathlib.Path("/tmp/perf-%d.map" % pid)
        self.addCleanup(lambda: os.path.lexists(path) and (path.rmdir if path.is_dir() and not path.is_symlink()
                                                            else path.unlink)())
        return path

    def start_with_mounts(self, commands):
        """The same with file systems of its own; it has the number of the shell that runs the commands."""
        return self.start("unshare", *([] if os.getuid() == 0 else ["-r"]), "-m", "sh", "-c",
                          commands + ' && exec "$0" "$@"')

    def show(self, process):
        """The addresses in the worker and in its child, and what they warned of."""
        output, errors = process.communicate("go\n")
        self.assertEqual(process.returncode, 0, errors)
        found = [json.loads(line) for line in output.splitlines()]
        child = pathlib.Path("/tmp/perf-%d.map" % found[1]["pid"])
        self.addCleanup(lambda: child.unlink(missing_ok=True))
        return found, errors

    def read(self, pid):
        """{name: (address, size)}"""
        lines = pathlib.Path("/tmp/perf-%d.map" % pid).read_text().splitlines()
        parts = [line.split(" ", 2) for line in lines]
        return {name: (int(address, 16), int(size, 16)) for address, size, name in parts}

    def assert_named(self, reported):
        named = self.read(reported["pid"])
        for name in EXPORTED:
            self.assertEqual(named[name][0], reported[name], name)
        self.assertEqual(named["geometry::cube(double)"][0], reported["cube"])  # a static function, in C++'s terms
        self.assertIn("std::vector<int, std::allocator<int>>::push_back(int&&)", named)
        ranges = sorted(named.values())
        for (begin, size), (following, _) in zip(ranges, ranges[1:]):
            self.assertGreater(size, 0)
            self.assertLessEqual(begin + size, following)

    def test_names_and_addresses(self):
        for debug in ("yes", "no"):  # names need no debug information
            self.env.update(DIJITSO_BUILD_DEBUG=debug, DIJITSO_BUILD_CXXFLAGS_OPT="-O0")
            for _ in ("compiled", "from the cache"):
                process, _ = self.start()
                (parent, child), errors = self.show(process)
                self.assertEqual(errors, "")
                self.assert_named(parent)
                self.assert_named(child)  # after fork() the map is another file

    def test_off_by_default(self):
        for value in ("", "0", "no"):
            self.env["DIJITSO_PERF"] = value
            process, path = self.start()
            self.show(process)
            self.assertFalse(path.exists())

    def test_other_values(self):
        process = subprocess.run([debugging.WORKER, "call"], env={**self.env, "DIJITSO_PERF": "2"},
                                 capture_output=True, text=True)
        self.assertEqual(process.returncode, 64)
        self.assertIn("the environment variable DIJITSO_PERF must be true or false", process.stderr)

    def test_appends_to_what_another_jit_of_the_process_wrote(self):
        process, path = self.start()
        path.write_text("10 8 of_another_jit\n")
        (parent, _), errors = self.show(process)
        self.assertEqual(errors, "")
        self.assertEqual(self.read(parent["pid"])["of_another_jit"], (16, 8))
        self.assert_named(parent)

    def assert_refused(self, process, path, reason):
        (parent, _), errors = self.show(process)
        self.assertEqual(errors.count("perf will not know"), 1, errors)
        self.assertIn("cannot write '%s': %s\n" % (path, reason), errors)

    def test_symbolic_link(self):
        victim = self.cache.parent / "victim"
        for content in ("precious", None):  # an existing file is not written, a missing one not made
            victim.unlink(missing_ok=True)
            if content:
                victim.write_text(content)
            process, path = self.start()
            path.symlink_to(victim)
            self.assert_refused(process, path, "it is a symbolic link: remove it")
            self.assertEqual(victim.read_text() if victim.exists() else None, content)

    def test_hard_link(self):
        process, path = self.start()
        victim = pathlib.Path("/tmp/dijitso-debug-victim-%d" % process.pid)  # on the same file system
        victim.write_text("precious")
        self.addCleanup(victim.unlink)
        path.hardlink_to(victim)
        self.assert_refused(process, path, "it is not an ordinary file of this user's own: remove it")
        self.assertEqual(victim.read_text(), "precious")

    def test_fifo(self):
        """Opening it for writing would wait for a reader; with one it would succeed."""
        process, path = self.start()
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.assert_refused(process, path, "it is not an ordinary file of this user's own: remove it")
        process, path = self.start()
        os.mkfifo(path)
        self.assert_refused(process, path, "No such device or address")

    def test_directory(self):
        process, path = self.start()
        path.mkdir()
        self.assert_refused(process, path, "Is a directory")

    def test_read_only_directory(self):
        process, path = self.start_with_mounts("mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp")
        (_, child), errors = self.show(process)
        self.assertIn("cannot write '%s': Read-only file system\n" % path, errors)
        self.assertIn("cannot write '/tmp/perf-%d.map': Read-only file system\n" % child["pid"], errors)

    def test_full_disk(self):
        full = self.cache.parent / "full"
        full.mkdir()
        process, path = self.start_with_mounts(
            "full='%s' map=/tmp/perf-$$.map && mount -t tmpfs -o size=4k tmpfs $full && "
            "head -c 4096 /dev/zero >$full/map && : >$map && mount --bind $full/map $map" % full)
        (_, child), errors = self.show(process)
        self.assertEqual(errors.count("perf will not know"), 1, errors)
        self.assertIn("cannot write '%s': No space left on device\n" % path, errors)
        self.assert_named(child)  # whose map is another file


if __name__ == "__main__":
    debugging.main()

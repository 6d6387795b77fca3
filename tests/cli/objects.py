"""For the suites of commands that look into compiled objects: real modules, and what must not be looked into."""
import os
import pathlib
import re

import cli


class ObjectTest(cli.CliTest):
    def build(self, **env):
        """Builds the two modules, with these variables."""
        before = dict(self.env)
        self.env.update(env)
        self.build_modules()
        self.env = before

    def entries(self, signature):
        """The files of the variants of a module, oldest first."""
        return sorted((self.cache / "obj").glob(signature + ".*.o"), key=lambda file: file.stat().st_mtime_ns)

    def entry(self, signature):
        (file,) = self.entries(signature)
        return file

    def slot(self, file):
        return file.name.split(".")[-2]

    def in_its_place(self, file, content):
        file.unlink()
        file.write_bytes(content)

    def refuses_what_is_not_verified(self, *args, code=1, shows_the_rest=False):
        """Runs the command, which concerns the only variant of `form`, on all kinds of files in its place."""
        file = self.entry("form")
        whole, element = file.read_bytes(), self.entry("element").read_bytes()
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 4
        for content, reason in ((whole[:-100], "truncated: "), (b"", "it is empty"), (bytes(flipped), "its digest does not match"),
                                (pathlib.Path("/bin/true").read_bytes(), "truncated: "),
                                (whole + b"x", "it does not end as an entry does"),
                                (element, "it contains the module 'element'")):
            self.in_its_place(file, content)
            self.is_refused(file, reason, args, code, shows_the_rest)
        with file.open("wb") as sparse:
            sparse.truncate(2 << 30)
        self.is_refused(file, "too large", args, code, shows_the_rest)
        self.in_its_place(file, whole)
        return file, whole

    def is_refused(self, file, reason, args, code, shows_the_rest):
        before = self.files_without(file)
        done = self.run_tool(*args)
        self.assertEqual(done.returncode, code, done.stderr)
        if not shows_the_rest:
            self.assertEqual(done.stdout, b"")
        message = done.stderr.decode()
        self.assertRegex(message, r"\A[^\n]*'%s'[^\n]*cannot be verified[^\n]*%s[^\n]*\n\Z" % (re.escape(str(file)), re.escape(reason)))
        self.assertEqual(self.files_without(file), before)

    def files_without(self, file):
        """All files but that one: nothing may be written."""
        return {path: path.read_bytes() for path in self.cache.rglob("*") if path.is_file() and path != file}

    def ignores_what_is_no_file(self, file, whole, *args, code=1):
        """A FIFO and a link out of the cache are no entries, and nobody waits for them."""
        file.unlink()
        os.mkfifo(file)
        done = self.run_tool(*args, timeout=20)
        self.assertEqual(done.returncode, code, done.stderr)
        file.unlink()
        outside = self.tmp / "outside.o"
        outside.write_bytes(whole)
        file.symlink_to(outside)
        self.assertEqual(self.run_tool(*args).returncode, code)
        file.unlink()
        file.write_bytes(whole)

"""dijitso-cache export and import: modules in an ordinary archive, and what is refused of archives from elsewhere."""
import io
import subprocess
import tarfile

import cli


def zstd(content, *args):
    return subprocess.run(["/usr/bin/zstd", "-q", "-c", *args], input=content, capture_output=True, check=True).stdout


class Transfer(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.build_modules()
        self.archive = self.tmp / "modules.tar.zst"
        self.other = self.tmp / "other"

    def entries(self, cache):
        return {file.name: file.read_bytes() for file in (cache / "obj").iterdir()}

    def members(self):
        """(name, content) of the sound archive of all modules."""
        self.ok("export", "--all", "-o", self.archive)
        with tarfile.open(fileobj=io.BytesIO(zstd(self.archive.read_bytes(), "-d"))) as tar:
            return [(member.name, tar.extractfile(member).read()) for member in tar]

    def write(self, members, **more):
        """An archive of (name, content) or (TarInfo, content), made by somebody else."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", **more) as tar:
            for name, content in members:
                info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
                info.size = len(content) if info.isfile() else 0
                tar.addfile(info, io.BytesIO(content))
        self.archive.write_bytes(zstd(out.getvalue()))

    def refused(self, *reasons):
        message = self.fails(1, "-r", self.other, "import", self.archive)
        self.assertEqual(message.count("\n"), 1)
        self.assertTrue(message.startswith("dijitso-cache: "), message)
        for reason in reasons:
            self.assertIn(reason, message)
        self.assertFalse(self.other.exists())

    def test_there_and_back(self):
        out = self.ok("export", "form", "-o", self.archive)
        self.assertRegex(out, r"\AExported 2 modules to '%s', [\d.]+ KiB\.\n\Z" % self.archive)
        self.assertEqual(self.ok("-r", self.other, "import", self.archive, "-n"),
                         "Would import 2 modules into '%s'; 0 were there already.\n" % self.other)
        self.assertFalse((self.other / "obj").exists())
        self.assertEqual(self.ok("-r", self.other, "import", self.archive),
                         "Imported 2 modules into '%s'; 0 were there already.\n" % self.other)
        self.assertEqual(self.entries(self.other), self.entries(self.cache))
        self.assertEqual(self.ok("-r", self.other, "import", self.archive),
                         "Imported 0 modules into '%s'; 2 were there already.\n" % self.other)
        # They are what a program looks for: nothing is compiled, so nothing is added.
        self.env["DIJITSO_CACHE_DIR"] = str(self.other)
        before = self.entries(self.other)
        self.build_modules()
        self.assertEqual(self.entries(self.other), before)
        self.assertFalse((self.other / "src").exists() and any((self.other / "src").iterdir()))

    def test_ordinary_tools_list_it(self):
        self.ok("export", "--all", "-o", self.archive)
        env = {"PATH": "/usr/bin:/bin"}
        names = subprocess.run(["tar", "--zstd", "-tf", self.archive], env=env, capture_output=True, check=True).stdout
        names = names.decode().split()
        self.assertEqual(names[0], "dijitso-archive")
        self.assertEqual(names[1:], ["obj/" + name for name in sorted(self.entries(self.cache))])
        again = self.tmp / "again.tar.zst"
        self.ok("export", "form", "element", "-o", again)
        self.assertEqual(again.read_bytes(), self.archive.read_bytes())

    def test_dry_run_and_json(self):
        names = [name.removesuffix(".o") for name in sorted(self.entries(self.cache))]
        self.assertEqual(self.ok("export", "form", "-o", self.archive, "-n").split(), names)
        self.assertFalse(self.archive.exists())
        document = self.json("export", "--json", names[1], "-o", self.archive)
        self.assertEqual(document, {"schema_version": 1, "file": str(self.archive), "dry_run": False,
                                    "bytes": self.archive.stat().st_size, "modules": names, "left_out": []})
        document = self.json("-r", self.other, "import", "--json", self.archive)
        self.assertEqual(document, {"schema_version": 1, "file": str(self.archive), "cache_dir": str(self.other),
                                    "dry_run": False, "imported": 2, "present": 0})

    def test_what_cannot_be_exported(self):
        self.assertIn("no module 'fomr'", self.fails(1, "export", "fomr", "-o", self.archive))
        self.assertIn("has no modules", self.fails(1, "-r", self.other, "export", "--all", "-o", self.archive))
        self.assertIn("cannot", self.fails(1, "export", "form", "-o", self.tmp / "no" / "x"))
        element = next((self.cache / "obj").glob("element.*"))
        element.chmod(0o644)
        element.write_bytes(element.read_bytes()[:100])
        message = self.fails(1, "export", "form", "-o", self.archive)
        self.assertIn("nothing to export; the first reason is: 'form.", message)
        self.add("obj/x.0123456789abcdef.o", b"foreign")
        self.assertIn("nothing to export", self.fails(1, "export", "--all", "-o", self.archive))
        self.assertFalse(self.archive.exists())

    def test_somebody_else_may_have_packed_it(self):
        members = self.members()
        for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            self.write(members, format=form)
            self.assertEqual(self.json("-r", self.other, "import", "-n", "--json", self.archive)["imported"], 2)

    def test_names_and_kinds_that_are_refused(self):
        listing, *rest = self.members()
        name, content = rest[0]
        outside = self.tmp / "outside"
        for wrong in ("../outside", "/" + name, str(outside), "obj/../../outside", "./" + name, "other/" + name, "obj/x"):
            self.write([listing, (wrong, content)])
            self.refused("it has '%s' where '%s' should be" % (wrong, name))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
                     tarfile.CONTTYPE):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(outside)
            self.write([listing, (info, content)])
            self.refused(name, "not a plain file" if kind != tarfile.DIRTYPE else "should be")
        self.assertFalse(outside.exists())

    def test_sizes_and_order_that_are_refused(self):
        listing, first, second = self.members()
        self.write([listing, (first[0], first[1][:-1]), second])
        self.refused("'%s' has %d bytes, not %d" % (first[0], len(first[1]) - 1, len(first[1])))
        self.write([listing, second, first])
        self.refused("where '%s' should be" % first[0])
        self.write([listing, first])
        self.refused("'%s' is missing" % second[0])
        self.write([listing, first, second, ("obj/more", b"")])
        self.refused("it does not end after the last entry")
        self.write([first, second])
        self.refused("where 'dijitso-archive' should be")
        changed = bytearray(second[1])
        changed[700] ^= 1
        self.write([listing, first, (second[0], bytes(changed))])
        self.refused("the entry '%s' cannot be used: its digest" % second[0].removeprefix("obj/"))

    def test_bombs_and_other_files(self):
        zeros = zstd(bytes(1 << 28), "-19")
        self.assertLess(len(zeros), 1 << 16)
        self.archive.write_bytes(zeros)
        self.refused("'dijitso-archive' is missing")
        members = self.members()
        name = "x.0123456789abcdef.o"
        size = 1 << 28
        self.write([("dijitso-archive", b"dijitso archive 1\n%d %s\n" % (size, name.encode())), ("obj/" + name, bytes(size))])
        self.refused("the entry '%s' cannot be used" % name)
        self.write([("dijitso-archive", b"dijitso archive 1\n%d %s\n" % (size + 1, name.encode()))])
        self.refused("at most %d are possible" % size)
        for content in (b"", b"text", zstd(b""), zstd(b"text"), self.sound(members)[:-20]):
            self.archive.write_bytes(content)
            self.refused("is not a sound archive")
        self.archive.unlink()
        self.refused("there is no file")
        self.archive.mkdir()
        self.refused("cannot read")

    def sound(self, members):
        self.write(members)
        return self.archive.read_bytes()

    def test_a_directory_that_cannot_be_written(self):
        self.ok("export", "--all", "-o", self.archive)
        self.other.mkdir(mode=0o777)
        self.other.chmod(0o777)
        done = self.run_tool("-r", self.other, "import", self.archive)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"can be written by everybody", done.stderr)
        self.assertEqual(list(self.other.iterdir()), [])


if __name__ == "__main__":
    cli.main()

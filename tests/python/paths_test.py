"""Wherever a path is taken, one of pathlib will do."""
import unittest

import dijitso
from package import PackageTest


class PathsTest(PackageTest):
    def test_files(self):
        system, file = dijitso.system, self.tmp / "file"
        self.assertEqual(system.store_textfile(file, "text"), str(file))
        self.assertEqual(system.read_textfile(file), "text")
        self.assertEqual(system.gzip_file(file), str(file) + ".gz")
        system.try_delete_file(file)
        self.assertEqual(system.gunzip_file(self.tmp / "file.gz"), str(file))
        system.make_dirs(self.tmp / "a" / "b")
        system.try_copy_file(file, self.tmp / "a" / "copy")
        system.move_file(self.tmp / "a" / "copy", self.tmp / "a" / "moved")
        system.rename_file(self.tmp / "a" / "moved", self.tmp / "a" / "renamed")
        system.try_rename_file(self.tmp / "a" / "renamed", self.tmp / "a" / "again")
        system.lockfree_move_file(self.tmp / "a" / "again", self.tmp / "a" / "last")
        system.make_executable(self.tmp / "a" / "last")
        self.assertEqual(system.get_status_output(["/bin/ls"], cwd=self.tmp / "a"), (0, "b\nlast\n"))
        self.assertIn("libc.so.6", system.ldd(dijitso._dijitso.__file__))

    def test_cache(self):
        params = dijitso.validate_params({"cache": {"cache_dir": self.tmp / "other"}, "build": {"include_dirs": [self.tmp]}})
        self.jit("m", params=params)
        files = dijitso.cache.extract_files("m", params["cache"], path=self.tmp / "out", categories=("src",))
        self.assertEqual(files, [str(self.tmp / "out" / "m.cpp")])
        command = dijitso.build.make_compile_command(self.tmp / "m.cpp", self.tmp / "m.so", (), params["build"], params["cache"])
        self.assertIn(str(self.tmp / "m.cpp"), command)


if __name__ == "__main__":
    unittest.main()

"""Every file of a cache is damaged, one at a time: a bit flipped, cut off, made longer, emptied, replaced by a directory."""
import random
import shutil

import torture


def flip(path, random_numbers):
    content = bytearray(path.read_bytes())
    if content:
        content[random_numbers.randrange(len(content))] ^= 1 << random_numbers.randrange(8)
    rewrite(path, content)


def cut(path, random_numbers):
    content = path.read_bytes()
    rewrite(path, content[:random_numbers.randrange(len(content) + 1)])


def lengthen(path, random_numbers):
    rewrite(path, path.read_bytes() + random_numbers.randbytes(100))


def rewrite(path, content):
    path.unlink()
    path.write_bytes(content)
    path.chmod(0o444)


def make_directory(path, random_numbers):
    path.unlink()
    path.mkdir()


class Damaged(torture.TortureTest):
    def check_all(self, command, **environment):
        self.must_run(*command, **environment)
        saved = self.save()
        times = 60 if torture.IS_FULL else 2
        for file in sorted(path.relative_to(self.cache) for path in self.cache.rglob("*") if path.is_file()):
            for damage in (flip, cut, lengthen, make_directory):
                for time in range(times if damage in (flip, cut) else 1):
                    with self.subTest(file=str(file), damage=damage.__name__, time=time, **environment):
                        self.restore(saved)
                        damage(self.cache / file, random.Random(time))
                        self.must_run(*command, **environment)
                        self.must_run(*command, **environment)

    def test_orc(self):
        self.check_all(("torture_worker", "module", "a"))

    def test_dlopen(self):
        self.check_all(("torture_worker", "module", "a"), DIJITSO_CACHE_LIB_LOADER="dlopen")

    def test_precompiled_headers(self):
        command = self.headers_command()
        self.must_run(*command)
        saved = self.save()
        for damage in (flip, cut, lengthen):
            self.restore(saved)
            for file in [*(self.cache / "pch").rglob("*.o"), *(self.cache / "obj").rglob("headers.*")]:
                damage(file, random.Random(1))
            self.must_run(*command)

    def test_archive(self):
        """Nothing of a damaged archive is imported. Some bits of what Zstandard writes say nothing, or the same as others do."""
        self.must_run("torture_worker", "module", "a")
        archive = self.tmp / "archive.tar.zst"
        self.must_run("dijitso-cache", "export", "--all", "--output", archive)
        good = archive.read_bytes()
        again = self.tmp / "again.tar.zst"
        for time in range(300 if torture.IS_FULL else 20):
            for damage in (flip, cut, lengthen):
                shutil.rmtree(self.cache)
                rewrite(archive, good)
                damage(archive, random.Random(time))
                if archive.read_bytes() == good:
                    continue
                run = self.run_program(("dijitso-cache", "import", archive))
                if run.code == 0:
                    self.must_run("dijitso-cache", "export", "--all", "--output", again)
                    self.assertEqual(again.read_bytes(), good, (damage, time))
                else:
                    self.assertEqual((run.code, run.errors.count("\n")), (1, 1), (damage, time, run))
                self.must_run("torture_worker", "module", "a")


if __name__ == "__main__":
    torture.main()

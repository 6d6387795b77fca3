"""Which ranks make or open files below a cache directory, seen by strace: one for each directory, cold and warm."""
import re
import shutil

import jobs

STRACE = shutil.which("strace")
CALLS = ("open openat openat2 creat mkdir mkdirat link linkat symlink symlinkat rename renameat renameat2 unlink unlinkat "
         "rmdir").split()


class Disk(jobs.JobTest):
    def opened(self, caches):
        """How many files and folders of its cache, itself included, each rank makes, opens, names or removes, or tries to, and what
        the ranks say."""
        self.assertIsNotNone(STRACE, "strace is not installed")
        log = self.tmp / "strace"
        log.mkdir()
        traced = 'exec "$0" -f -qq -s 300 -e trace=%s -o "%s/$%s" "$@"' % (
            ",".join("?" + call for call in CALLS), log, "PMI_RANK" if jobs.IS_MPICH else "OMPI_COMM_WORLD_RANK")
        ranks = self.run_job(caches, prefix=["/bin/sh", "-c", traced, STRACE])
        counts = []
        for rank in range(len(ranks)):
            names = re.findall(r'"([^"]*)"', (log / str(rank)).read_text())
            self.assertTrue(any("libdijitso" in name for name in names), "the trace is empty: is it one?")
            cache = str(caches[min(rank, len(caches) - 1)])
            counts.append(sum((name + "/").startswith(cache + "/") for name in names))
        shutil.rmtree(log)
        return counts, ranks

    def only_these_open(self, caches, users):
        for compiles in (2, 0):  # cold, then warm
            counts, ranks = self.opened(caches)
            self.assertEqual(self.total(ranks, "compiles"), compiles)
            self.assertEqual([rank for rank, count in enumerate(counts) if count > 0], users, counts)

    def test_one_directory(self):
        self.only_these_open([self.tmp / "cache"], [0])

    def test_two_nodes(self):
        self.only_these_open([self.tmp / "a", self.tmp / "a", self.tmp / "b", self.tmp / "b"], [0, 2])


if __name__ == "__main__":
    jobs.main()

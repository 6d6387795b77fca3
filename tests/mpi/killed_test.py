"""Ranks that are killed while one builds: mpirun ends the job with a message, and the next job starts clean."""
import os
import re
import signal
import time

import jobs


class Killed(jobs.JobTest):
    def builder_of(self, job):
        return int(re.fullmatch(r"builder (\d+)\n", job.stdout.readline()).group(1))

    def others(self, job, builder):
        return [pid for pid in jobs.rank_processes(job) if pid != builder]

    def names_in(self, cache, folder):
        return sorted(path.name for path in (cache / folder).iterdir())

    def next_job_starts_clean(self, caches):
        ranks = self.run_job(caches, DIJITSO_CACHE_CLAIM_TIMEOUT="3600")
        self.assertEqual([self.total(ranks, what) for what in ("compiles", "waits")], [2, 0])
        for cache in set(caches):
            self.assertEqual([self.names_in(cache, folder) for folder in ("claims", "tmp")], [[], []])
            self.assertEqual(len(self.names_in(cache, "obj")), 2)

    def kills(self, how, caches, is_victim_builder=True):
        job = self.start(caches, DIJITSO_TEST_BUILDER=how)
        builder = self.builder_of(job)
        if how == "compiles":
            time.sleep(0.5)  # until the compiler runs; the test holds without it
        self.assertEqual(len(self.names_in(caches[0], "claims")), 2)
        os.kill(builder if is_victim_builder else self.others(job, builder)[-1], signal.SIGKILL)
        output, errors = job.communicate()
        self.assertNotEqual(job.returncode, 0)
        self.assertIn("Killed (signal 9)" if jobs.IS_MPICH else "exited on signal 9", output + errors)
        self.next_job_starts_clean(caches)

    def test_the_builder_in_its_generate(self):
        self.kills("generates", [self.tmp / "cache"])

    def test_the_builder_while_it_compiles(self):
        self.kills("compiles", [self.tmp / "cache"])

    def test_the_builder_of_ranks_with_caches_of_their_own(self):
        self.kills("compiles", [self.tmp / str(rank) for rank in range(4)])

    def test_one_that_waits(self):
        self.kills("compiles", [self.tmp / "cache"], is_victim_builder=False)


if __name__ == "__main__":
    jobs.main()

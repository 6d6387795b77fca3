"""What programs record of their use of a cache: it adds up exactly, whoever forks, runs at the same time, or is killed."""
import json
import os
import signal
import subprocess

import faults

PROCESSES = 8
MODULES = 6
COUNTERS = {"memory_hits": "memory_hits", "disk_hits": "disk_hits", "misses": "compiles", "published": "published", "unpublished": "fallbacks"}


class Usage(faults.FaultTest):
    def recorded(self):
        tool = os.path.join(os.path.dirname(faults.WORKER), "dijitso-cache")
        done = subprocess.run([tool, "stats", "--json"], env=self.env, capture_output=True, text=True, check=True)
        document = json.loads(done.stdout)
        self.assertEqual(document["unreadable"], [])
        return document["use"]

    def assert_recorded(self, results):
        """Exactly what the processes counted themselves."""
        use = self.recorded()
        for name, counter in COUNTERS.items():
            self.assertEqual(use[name], sum(result[counter] for result in results), name)

    def test_one_process(self):
        results = [self.run_worker("modules")[0]]
        self.assertGreater(results[0]["memory_hits"], 0)
        self.assert_recorded(results)
        results.append(self.run_worker("modules")[0])
        self.assert_recorded(results)

    def test_many_processes_at_once(self):
        results = []
        for _ in range(3):  # cold, then warm
            workers = [self.start("modules", number) for number in range(PROCESSES)]
            results += [self.finish(worker)[0] for worker in workers]
            self.assert_recorded(results)
        self.assertEqual(self.recorded()["misses"], MODULES)
        self.assertEqual(len(list((self.cache / "stats").glob("*/*"))), len(list((self.cache / "stats").iterdir())))

    def test_modules_of_ffc(self):
        for _ in range(2):
            worker = self.start("--families", "poisson", "--cache-dir", self.cache, "--json", program="ffc_modules_run")
            output, errors = worker.communicate()
            self.assertEqual(worker.returncode, 0, errors)
            modules = json.loads(output)["modules"]
        use = self.recorded()
        self.assertEqual((use["misses"], use["published"]), (modules, modules))
        # Both runs forget everything and take it from disk once more; the second begins with that.
        self.assertEqual(use["disk_hits"], 3 * modules)
        self.assertAlmostEqual(use["seconds"]["saved"], 3 * use["seconds"]["compiling"], delta=1e-3)

    def test_fork(self):
        compiled, _ = self.run_worker("modules")
        result, _ = self.run_worker("fork")
        self.assertEqual((result["disk_hits"], result["compiles"]), (MODULES, 0))
        self.assertEqual(self.recorded()["disk_hits"], compiled["disk_hits"] + MODULES + 3)

    def test_killed(self):
        """What was published is recorded then; the rest is lost, and nothing is in the way of others."""
        worker = self.start("kill")
        self.assertEqual(worker.wait(), -signal.SIGKILL)
        use = self.recorded()
        self.assertEqual((use["misses"], use["published"], use["memory_hits"]), (1, 1, 0))
        result, errors = self.run_worker("one")
        self.assertEqual((result["disk_hits"], errors), (1, ""))
        self.assertEqual(self.recorded()["disk_hits"], 1)

    def test_a_cache_that_cannot_be_written(self):
        self.run_worker("one")
        before = self.recorded()
        for path in (self.cache / "stats").rglob("*"):
            if path.is_file():
                path.unlink()
                path.mkdir()  # in place of the file of this machine
        result, errors = self.run_worker("one")
        self.assertEqual((result["disk_hits"], errors), (1, ""))
        self.assertEqual(self.recorded()["disk_hits"], 0)
        self.assertEqual(before["misses"], 1)


if __name__ == "__main__":
    faults.main()

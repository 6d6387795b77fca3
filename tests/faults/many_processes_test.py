"""Eight processes ask for six modules at the same time, in one empty cache, starting with different ones."""
import shutil

import faults

PROCESSES = 8
MODULES = 6
ROUNDS = 10


class ManyProcesses(faults.FaultTest):
    def run_all(self):
        workers = [self.start("modules", number) for number in range(PROCESSES)]
        results = [self.finish(worker) for worker in workers]
        self.assertEqual([result["wrong"] for result, _ in results], [0] * PROCESSES)
        return results

    def total(self, results, counter):
        return sum(result[counter] for result, _ in results)

    def test_cold_cache(self):
        for _ in range(ROUNDS):
            results = self.run_all()
            self.assertEqual("".join(errors for _, errors in results), "")
            self.assertEqual(self.total(results, "compiles"), MODULES)
            self.assertEqual(self.total(results, "published"), MODULES)
            self.assertEqual(self.total(results, "compiles") + self.total(results, "disk_hits"), PROCESSES * MODULES)
            self.assertEqual(self.total(results, "quarantined"), 0)
            self.assertEqual(len(self.names_in("obj")), MODULES)
            self.assert_no_leftovers()
            shutil.rmtree(self.cache)

    def test_claims_that_fail(self):
        # A directory where each claim file should be: no process can claim anything.
        self.run_worker("modules")
        slots = [name.removesuffix(".o") for name in self.names_in("obj")]
        for _ in range(ROUNDS):
            shutil.rmtree(self.cache / "obj")
            for slot in slots:
                (self.cache / "claims" / slot).mkdir(exist_ok=True)
            results = self.run_all()
            self.assertGreaterEqual(self.total(results, "compiles"), MODULES)
            self.assertEqual(self.total(results, "waits"), 0)
            self.assertEqual(self.names_in("obj"), [slot + ".o" for slot in slots])
            self.assertEqual(self.names_in("tmp"), [])
        result, errors = self.run_worker("modules")
        self.assertEqual((result["compiles"], result["disk_hits"], errors), (0, MODULES, ""))

    def test_no_place_for_claims(self):
        self.cache.mkdir(mode=0o700)
        (self.cache / "claims").write_text("a file, not a directory")
        results = self.run_all()
        self.assertEqual(len(self.names_in("obj")), MODULES)
        self.assertEqual(self.names_in("tmp"), [])
        self.assertEqual(self.total(results, "waits"), 0)
        self.assertEqual(self.total(results, "fallbacks"), 0)

    def test_a_cache_that_is_removed_again_and_again(self):
        for _ in range(ROUNDS):
            workers = [self.start("modules", number) for number in range(PROCESSES)]
            while any(worker.poll() is None for worker in workers):
                shutil.rmtree(self.cache, ignore_errors=True)
            for worker in workers:
                self.assertEqual(self.finish(worker)[0]["wrong"], 0)


if __name__ == "__main__":
    faults.main()

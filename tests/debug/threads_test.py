"""Modules with debug information and names for perf, loaded and unloaded by many threads; for the sanitizers too."""
import debugging


class Threads(debugging.DebugTest):
    def test_load_and_unload(self):
        for perf in ("0", "1"):
            compiles = 8 if perf == "0" else 0
            self.assertEqual(self.run_worker("threads", DIJITSO_PERF=perf),
                             {"wrong": 0, "compiles": compiles, "disk_hits": 16 - compiles})

    def test_reload(self):
        self.assertEqual(self.run_worker("reload"), {"wrong": 0, "compiles": 1, "disk_hits": 1})


if __name__ == "__main__":
    debugging.main()

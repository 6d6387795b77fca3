"""Modules that are loaded and dropped again and again: mappings, file descriptors and memory come back."""
import json

import torture

MODULES, ROUNDS = (100, 102) if torture.IS_FULL else (20, 22)  # from the second round on: 10,000 loads, and 400


class Dropped(torture.TortureTest):
    def check_loader(self, loader):
        run = self.must_run("torture_worker", "drop", MODULES, ROUNDS, DIJITSO_CACHE_LIB_LOADER=loader)
        held = json.loads(run.output.splitlines()[0])
        first, last = held["first"], held["last"]
        print(loader, held)
        self.assertLessEqual(last["mappings"], first["mappings"] + 8)
        self.assertEqual(last["descriptors"], first["descriptors"])
        # What grows with every load would be megabytes.
        self.assertLess(last["resident_kb"] - first["resident_kb"], 2048 + MODULES * ROUNDS // 8)

    def test_orc(self):
        self.check_loader("orc")

    def test_dlopen(self):
        self.check_loader("dlopen")


if __name__ == "__main__":
    torture.main()

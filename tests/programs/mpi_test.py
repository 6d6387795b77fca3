"""Programs on three processes of MPI: the same numbers as on one, and one process compiles; with one cache, or each with its own."""
import programs


class Parallel(programs.ProgramsTest):
    def run_three(self, build, name, *through):
        """The numbers of each process, and how many modules each compiled, by rank."""
        run = self.ours_in_parallel(build, programs.HERE / "counted.py", *through, programs.program_path(build, name))
        self.assertEqual(run.code, 0, run.errors)
        self.assert_starts_nothing(run, {"python3", "pkg-config", "mpirun", "env"})
        counts = [document for document in run.documents if "rank" in document]
        numbers = [document for document in run.documents if "rank" not in document]
        self.assertEqual(sorted(count["rank"] for count in counts), [0, 1, 2])
        self.assertEqual(len(numbers), 3)
        return numbers, [count["compiles"] for count in sorted(counts, key=lambda count: count["rank"])]

    def check(self, build):
        expected, _ = programs.old_numbers(build, "poisson")
        numbers, compiled = self.run_three(build, "poisson")
        for document in numbers:
            self.assert_same_numbers(expected, document)
        entries = self.entries(build)
        self.assertGreater(len(entries), 1)
        self.assertEqual(compiled, [len(entries), 0, 0])

        numbers, compiled = self.run_three(build, "poisson")
        for document in numbers:
            self.assert_same_numbers(expected, document)
        self.assertEqual(compiled, [0, 0, 0])
        self.assertEqual(self.entries(build), entries)

    def test_dolfin(self):
        self.check("dolfin")

    def test_dolfin_with_a_cache_for_each(self):
        """The collective jit instead of DOLFIN's own way, which needs a directory that all share."""
        expected, _ = programs.old_numbers("dolfin", "poisson")
        for is_cold in (True, False):
            numbers, compiled = self.run_three("dolfin", "poisson", programs.HERE / "collective.py")
            for document in numbers:
                self.assert_same_numbers(expected, document)
            entries = self.entries("dolfin")
            self.assertGreater(len(entries), 3)
            self.assertEqual(entries, sorted(3 * entries[::3]))
            self.assertEqual(compiled, [len(entries) // 3 if is_cold else 0, 0, 0])

    def test_dolfinx(self):
        self.check("dolfinx-real")


if __name__ == "__main__":
    programs.main()

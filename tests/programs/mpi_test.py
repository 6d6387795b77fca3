"""Programs on three processes of MPI with one cache: the same numbers as on one, and one process compiles."""
import programs


class Parallel(programs.ProgramsTest):
    def run_three(self, build, name):
        """The numbers of each process, and how many modules each compiled, by rank."""
        run = self.ours_in_parallel(build, programs.HERE / "counted.py", programs.program_path(build, name))
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

    def test_dolfinx(self):
        self.check("dolfinx-real")


if __name__ == "__main__":
    programs.main()

"""One program, with the old package and with ours: the same numbers, no compiler started, and none needed the second time."""
import programs


class Program(programs.ProgramsTest):
    def test_program(self):
        build, name = programs.ARGUMENTS
        expected, started_by_old = programs.old_numbers(build, name)
        # The trace shows compilers where there are some.
        self.assertTrue({"c++", "g++", "x86_64-linux-gnu-gcc", "cc1", "cc1plus"} & set(started_by_old), started_by_old)

        program = programs.program_path(build, name)
        allowed = {"python3", "pkg-config"} if build == "dolfin" else {"python3"}
        cold = self.ours(build, program)
        self.assertEqual(cold.code, 0, cold.errors)
        self.assert_same_numbers(expected, cold.documents[-1])
        self.assert_starts_nothing(cold, allowed)
        self.assertTrue(cold.loads("libdijitso-compiler.so"), "nothing was compiled: was it our package?")
        entries = self.entries(build)
        self.assertNotEqual(entries, [])

        warm = self.ours(build, program)
        self.assertEqual(warm.code, 0, warm.errors)
        self.assert_same_numbers(expected, warm.documents[-1])
        self.assert_starts_nothing(warm, allowed)
        # The compiler is opened at the first compile, so there was none.
        self.assertFalse(warm.loads("libdijitso-compiler.so"), sorted(set(self.entries(build)) - set(entries)))
        self.assertEqual(self.entries(build), entries)

    def test_comparison(self):
        """What the comparison takes for a difference."""
        self.assertEqual(programs.differences({"a": 1.0, "b": [1, 1e-11], "c": "x"}, {"a": 1 + 1e-11, "b": [1, 0], "c": "x"}), [])
        for expected, got in (({"a": 1.0}, {"a": 1 + 1e-9}), ({"a": 1.0}, {"a": float("nan")}), ({"a": [1, 2]}, {"a": [1]}),
                              ({"a": 1.0}, {"b": 1.0}), ({"a": "x"}, {"a": "y"})):
            self.assertEqual(len(programs.differences(expected, got)), 1, (expected, got))


if __name__ == "__main__":
    programs.main(arguments=2)

"""Wrong C++ in a DOLFIN program: one clear exception with the compiler's words and the line, on every process, and no hang."""
import programs

WRONG = programs.HERE / "wrong"
LINE = "values[0] = x[0] + undeclared_name;"


class WrongCode(programs.ProgramsTest):
    def assert_explained(self, text):
        self.assertIn("undeclared_name", text)
        self.assertIn("error: use of undeclared identifier", text)
        self.assertIn(LINE, text)

    def test_expression(self):
        run = self.ours("dolfin", WRONG / "expression.py")
        self.assertEqual(run.code, 0, run.errors)
        first, second = run.documents[0]["raised"]
        self.assertEqual(first["cause"], "CompileFailed")
        self.assert_explained(first["message"])
        self.assertIn("fail_dir", first["info"])
        self.assert_explained(second["message"])
        self.assert_starts_nothing(run, {"python3", "pkg-config"})

    def test_uncaught(self):
        run = self.ours("dolfin", WRONG / "uncaught.py")
        self.assertEqual((run.code, run.documents), (1, []))
        self.assert_explained(run.errors)
        self.assertIn("Unable to compile C++ code with dijitso", run.errors)

    def test_module(self):
        run = self.ours("dolfin", WRONG / "module.py")
        self.assertEqual((run.code, run.documents), (1, []))
        self.assertIn("error: unknown type name 'missing_type'", run.errors)
        self.assertIn("int twice(missing_type x) { return 2 * x; }", run.errors)

    def test_in_parallel(self):
        """DOLFIN itself tells the other processes of the failure; it passes on that there was one, not the text."""
        run = self.ours_in_parallel("dolfin", WRONG / "expression.py")
        self.assertEqual(run.code, 0, run.errors)
        by_rank = {document["rank"]: document["raised"] for document in run.documents}
        self.assertEqual(sorted(by_rank), [0, 1, 2])
        for rank, raised in by_rank.items():
            self.assertEqual([r["text"] for r in raised], ["Unable to compile C++ code with dijitso"] * 2, rank)
            for attempt in raised:
                if rank == 0:
                    self.assert_explained(attempt["message"])
                else:
                    self.assertEqual(attempt["message"], "Compilation failed on root node.")
        self.assert_starts_nothing(run, {"python3", "pkg-config", "mpirun", "env"})

    def test_uncaught_in_parallel(self):
        run = self.ours_in_parallel("dolfin", WRONG / "uncaught.py")
        self.assertNotEqual(run.code, 0)
        self.assertEqual(run.documents, [])
        self.assert_explained(run.errors)


if __name__ == "__main__":
    programs.main()

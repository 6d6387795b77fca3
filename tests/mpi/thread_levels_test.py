"""The same job under each thread level of MPI."""
import jobs


class ThreadLevels(jobs.JobTest):
    def works(self, level):
        ranks = self.run_job([self.tmp / level / "a", self.tmp / level / "b"], level=level, ranks=2)
        self.assertEqual((self.total(ranks, "compiles"), self.total(ranks, "published")), (2, 4))
        return {said["level"] for said in ranks}

    def test_each(self):
        provided = [self.works(level) for level in ("single", "funneled", "serialized", "multiple")]
        # They are four different ones, each the same on all ranks.
        self.assertEqual(provided, [{0}, {1}, {2}, {3}])


if __name__ == "__main__":
    jobs.main()

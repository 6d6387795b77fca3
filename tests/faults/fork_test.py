"""fork() while other threads of the program are in the library: every child can use it at once."""

import re

import faults


class Fork(faults.FaultTest):
    def children_are_well(self, loader, what, children):
        process = self.start(loader, what, program="fork_worker")
        result, errors = self.finish(process)
        self.assertEqual((result, errors), ({"children": children, "failed": 0}, ""))

    def test_threads_take_modules_from_the_cache(self):
        for loader in ("orc", "dlopen"):
            with self.subTest(loader):
                self.children_are_well(loader, "hits", 66)

    def test_threads_compile(self):
        for loader in ("orc", "dlopen"):
            with self.subTest(loader):
                self.children_are_well(loader, "compiles", 16)

    def test_a_thread_lists_the_shared_libraries(self):
        self.children_are_well("dlopen", "list", 1)

    def test_no_copy_of_the_compiler_can_be_made(self):
        """Which is a file, in memory too: an error of the child, and not its end by a signal."""
        process = self.start("orc", "compiles", program="fork_worker", prefix=("/usr/bin/prlimit", "--fsize=%d" % (20 << 20)))
        result, errors = self.finish(process)
        self.assertGreater(result["failed"], 0)
        self.assertEqual(len(re.findall("^child: .*larger files \\(ulimit -f\\)$", errors, re.MULTILINE)), result["failed"], errors)

    def test_a_thread_generates_what_the_child_asks_for(self):
        self.children_are_well("orc", "generate", 1)

    def test_modules_are_being_compiled(self):
        self.children_are_well("orc", "pending", 1)

    def test_what_the_child_needs_is_being_compiled(self):
        self.children_are_well("orc", "order", 1)

    def test_modules_are_being_optimised(self):
        self.children_are_well("orc", "tiers", 1)

    def test_threads_look_for_symbols(self):
        """glibc's dlclose waits for such threads, and a child has what it notes of them."""
        for loader in ("orc", "dlopen"):
            with self.subTest(loader):
                self.children_are_well(loader, "lookups", 20)

    def test_a_static_constructor_forks(self):
        for loader in ("orc", "dlopen"):
            with self.subTest(loader):
                self.children_are_well(loader, "constructor", 1)


if __name__ == "__main__":
    faults.main()

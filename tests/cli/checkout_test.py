"""dijitso-cache checkout: the files of a module, copied to a directory."""
import gzip

import cli


class Checkout(cli.CliTest):
    def fill(self):
        self.add("include/m.h", "header")
        self.add("src/m.cpp.gz", gzip.compress(b"source"))
        self.add("lib/libdijitso-m.so", "library")
        self.add("log/m.txt", "log")
        self.add("obj/m.0123456789abcdef.o", "object")
        self.add("include/other.h", "other")

    def copies(self):
        return {path.name: path.read_text() for path in (self.home / "jitcheckout-m").iterdir()}

    def test_files_of_the_module(self):
        self.fill()
        self.assertEqual(self.ok("checkout", "--signature", "m"), "Extracted files to './jitcheckout-m'.\n")
        self.assertEqual(self.copies(), {"m.h": "header", "m.cpp": "source", "m.so": "library", "m.txt": "log"})
        (self.home / "jitcheckout-m/m.h").write_text("edited")
        self.ok("checkout", "--signature", "m", "--categories", "inc,obj")
        self.assertEqual(self.copies()["m.h"], "header")
        self.assertEqual(self.copies()["m.0123456789abcdef.o"], "object")

    def test_json_and_dry_run(self):
        self.fill()
        before = self.files()
        self.assertEqual(self.ok("checkout", "--signature", "m", "-n", "--categories", "inc,src"),
                         "cp %s/include/m.h ./jitcheckout-m\ncp %s/src/m.cpp.gz ./jitcheckout-m\n" % (self.cache, self.cache))
        document = self.json("checkout", "--signature", "m", "--dry-run", "--json", "--categories", "log")
        self.assertEqual((document["dry_run"], document["files"]), (True, [str(self.cache / "log/m.txt")]))
        self.assertEqual(self.files(), before)
        document = self.json("checkout", "--signature", "m", "--json")
        self.assertEqual((document["signature"], document["path"], document["dry_run"]), ("m", "./jitcheckout-m", False))
        self.assertEqual(sorted(document["files"]), ["./jitcheckout-m/" + name for name in sorted(self.copies())])

    def test_unknown_signature(self):
        self.assertIn("no files of the module 'm', and no other module", self.fails(1, "checkout", "--signature", "m"))
        self.fill()
        for args in (["--signature", "n"], ["--signature", "n", "-n"], ["--signature", "n", "--json"]):
            message = self.fails(1, "checkout", *args)
            self.assertIn("'%s' has no files of the module 'n'; the nearest is 'm'" % self.cache, message)
            self.assertEqual(message.count("\n"), 1)
        self.assertEqual(list(self.home.iterdir()), [])

    def test_a_module_without_such_files(self):
        self.add("obj/m.0123456789abcdef.o", "object")
        self.assertIn("in the categories inc,src; its compiled code is in the category obj",
                      self.fails(1, "checkout", "--signature", "m", "--categories", "inc,src"))

    def test_directory_that_cannot_be_made(self):
        self.fill()
        (self.home / "jitcheckout-m").write_text("a file")
        message = self.fails(1, "checkout", "--signature", "m")
        self.assertIn("jitcheckout-m", message)
        self.assertEqual(message.count("\n"), 1)

    def test_damaged_source(self):
        self.add("src/m.cpp.gz", gzip.compress(b"source")[:-5])
        self.assertIn("m.cpp.gz' is not a whole gzip file", self.fails(1, "checkout", "--signature", "m"))
        self.assertEqual(list(self.home.iterdir()), [])

    def test_real_module(self):
        self.build_modules()
        self.ok("checkout", "--signature", "form")
        directory = self.home / "jitcheckout-form"
        self.assertEqual(sorted(path.name for path in directory.iterdir()), ["form.cpp", "form.h", "form.txt"])
        self.assertTrue((directory / "form.cpp").read_text().startswith('#include "form.h"\n#include "element.h"\n'))


if __name__ == "__main__":
    cli.main()

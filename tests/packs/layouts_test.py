"""Machines on which headers and packs lie at different places share what they compile; what is edited is compiled again."""
import shutil
import subprocess

import packs


class Layouts(packs.PackTest):
    def machine(self, name, edit=""):
        """A copy of FFC's headers in a directory of this machine, and packs made of it: a command and its environment."""
        headers = self.tmp / name / "some" / ("ufc-of-" + name)
        shutil.copytree(self.include_dir("ffc"), headers)
        (headers / "ufc.h").write_text((headers / "ufc.h").read_text() + edit)
        (self.tmp / name / "packs").mkdir()
        system = shutil.copy(self.default_pack, self.tmp / name / "packs/system.pack")
        ufc = self.pack(name + "/packs/ufc.pack", "-I", str(headers))
        manifest = self.manifest_with("ffc", headers, name + "/modules")
        shutil.rmtree(headers)
        return self.command("ffc", self.tmp / name / "cache", manifest, "poisson"), self.env(system, ufc)

    def carry(self, source, target):
        for command in (["export", "--all", "-o"], ["import"]):
            cache = self.tmp / (source if command[0] == "export" else target) / "cache"
            subprocess.run([packs.TOOL, "--cache-dir", cache, *command, self.tmp / "archive"], check=True, stdout=subprocess.DEVNULL)

    def objects(self, cache):
        """The objects in a cache as the compiler made them."""
        plain = self.tmp / "plain.o"
        objects = {}
        for file in (self.tmp / cache / "obj").iterdir():
            subprocess.run(["objcopy", "--remove-section=.dijitso*", file, plain], check=True)
            objects[file.name.rsplit(".", 2)[0]] = plain.read_bytes()
        return objects

    def test_hits_of_another_machine(self):
        command, env = self.machine("one")
        first = self.finish(command, env)
        self.assertEqual(first["first_pass"]["compiles"], first["modules"])
        command, env = self.machine("two")
        self.carry("one", "two")
        second = self.finish(command, env)
        self.assertEqual(second["first_pass"]["compiles"], 0)
        self.assertEqual(second["first_pass"]["disk_hits"], first["modules"])
        self.assertEqual(second["digest"], first["digest"])

    def test_objects_are_the_same(self):
        """On machines of any layout, with packs and without."""
        for name in ("one", "two"):
            self.finish(*self.machine(name))
        self.finish(self.command("ffc", self.tmp / "plain/cache", families="poisson"), self.env())
        objects = self.objects("one/cache")
        self.assertEqual(len(objects), 5)
        self.assertEqual(self.objects("two/cache"), objects)
        self.assertEqual(self.objects("plain/cache"), objects)

    def test_an_edited_header_is_a_miss(self):
        self.finish(*self.machine("one"))
        command, env = self.machine("two", edit="\n// edited\n")
        self.carry("one", "two")
        second = self.finish(command, env)
        self.assertEqual(second["first_pass"]["compiles"], second["modules"])


if __name__ == "__main__":
    packs.main()

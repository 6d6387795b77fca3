"""A module built with cache.lib_loader `import` is an ordinary Python extension: plain `import` finds it by its name.

usage: python_module_test.py EXPORT_WORKER PYTHON
"""
import os
import pathlib
import subprocess
import sys
import tempfile

worker, python = sys.argv[1:]
sanitizers = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
with tempfile.TemporaryDirectory(prefix="dijitso-python-") as directory:
    cache = pathlib.Path(directory) / "cache"
    run = subprocess.run([worker], capture_output=True, text=True, cwd=directory,
                         env={**sanitizers, "DIJITSO_CACHE_DIR": str(cache), "PATH": "/nonexistent", "HOME": directory})
    assert run.returncode == 0, run.stderr
    library = pathlib.Path(run.stdout.strip())
    assert library == cache / "lib" / "answer_module.so", library
    script = "import answer_module as m; assert m.answer(2) == 42, m.answer(2); print(m.__file__)"
    run = subprocess.run([python, "-c", script], capture_output=True, text=True, cwd=directory,
                         env={"PYTHONPATH": str(library.parent)})
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(library), run.stdout
print("ok")

"""dijitso-cache report: a page about the whole cache, which a browser shows without a complaint and without loading anything."""
import html.parser
import os
import re
import shutil
import subprocess

import cli
import objects

# A directory may be called so; nothing of it may become markup.
HOSTILE = """<img src=x onerror=console.error('run')>"'&<script>console.error('run')<"""


class Page(html.parser.HTMLParser):
    """Elements with their texts: `tables` by id as lists of rows, `tags` as (name, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.tables, self.texts, self.open = [], {}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "table":
            self.table = self.tables.setdefault(attributes["id"], [])
        if tag == "tr":
            self.table.append([])
        if tag in ("td", "th"):
            self.table[-1].append("")
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.table[-1][-1] += data
        self.texts.append(data)


class Report(objects.ObjectTest):
    def page(self, *args):
        return Page(self.ok("report", *args))

    def in_browser(self, text):
        """What Chromium makes of the page, after its scripts ran; nothing may be printed on its console."""
        file = self.tmp / "page.html"
        file.write_text(text)
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
                               "--enable-logging=stderr", "--user-data-dir=%s" % (self.tmp / "profile"), "--dump-dom", file.as_uri()],
                              capture_output=True, timeout=120, env={"PATH": os.environ["PATH"], "HOME": str(self.home)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"CONSOLE", done.stderr)
        return Page(done.stdout.decode())

    def test_the_browser_shows_all_rows(self):
        self.build()
        text = self.ok("report")
        page = self.in_browser(text)
        self.assertEqual(page.tables, Page(text).tables)
        form, element = page.tables["modules"][1:]
        self.assertEqual((form[0].split("$")[0], form[1], form[7]), ("form", self.slot(self.entry("form")), "element"))
        self.assertIn("-c form.cpp -o form.o", form[0])
        self.assertEqual((element[0].split("$")[0], element[7]), ("element", ""))
        self.assertEqual([row[:2] for row in page.tables["sizes"][1:]],
                         [["inc", "2"], ["src", "2"], ["lib", "0"], ["log", "2"], ["obj", "2"], ["pch", "0"]])
        self.assertEqual(len(page.tables["slowest"]), 2)
        self.assertEqual([tag for tag, _ in page.tags].count("path"), 1)

    def test_hits_and_misses_of_each_day(self):
        self.build()
        shutil.rmtree(self.cache / "stats")
        self.assertNotIn("history", self.page().tables)
        self.add("stats/202001.sum", "".join("202001%02d disk_hits=%d compiles=1 saved_us=500000 .\n" % (day, day) for day in range(1, 32)))
        self.add("stats/202002.sum", "".join("202002%02d compiles=9 .\n" % day for day in range(1, 30)))
        self.add("stats/202003.sum", "20200301 memory_hits=1 .\n20200302 disk_hits=18 .\n")
        text = self.ok("report")
        page = self.in_browser(text)
        rows = page.tables["history"][1:]
        self.assertEqual(len(rows), 60)  # of 62
        self.assertEqual((rows[0][:3], rows[28][:3], rows[-1][:3]), (["2020-01-03", "3", "1"], ["2020-01-31", "31", "1"], ["2020-03-02", "18", "0"]))
        widths = re.findall(r'<td>(2020-03-02|2020-02-01|2020-01-31)</td>.*?class="one" style="width:([\d.]+)%"></div><div class="two" style="width:([\d.]+)%', text)
        self.assertEqual([(day, round(float(one)), round(float(two))) for day, one, two in widths],
                         [("2020-01-31", 97, 3), ("2020-02-01", 0, 28), ("2020-03-02", 56, 0)])
        self.assertIn("hits 515", re.sub("<[^>]*>", "", text))
        self.assertIn("what was taken from disk had taken 15.50 s to compile", text)
        self.assertEqual(len(self.json("report", "--json")["days"]), 62)

    def test_the_console_is_watched(self):
        # What is asserted of every page would find an error, and something that is loaded.
        for markup in ("<script>console.error('x')</script>", "<img src='http://127.0.0.1:1/x.png'>", "<link rel=stylesheet href=x.css>"):
            with self.assertRaises(AssertionError):
                self.in_browser(self.ok("report").replace("</body>", markup + "</body>"))

    def test_nothing_is_loaded(self):
        self.build()
        page = self.page()
        policy = [attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy"]
        self.assertEqual(policy, ["default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"])
        for tag, attributes in page.tags:
            self.assertFalse({"src", "href", "xlink:href", "action", "data"} & set(attributes), tag)
            self.assertNotIn(tag, ("link", "iframe", "object", "img"))
        self.assertNotIn("url(", "".join(page.texts))

    def test_a_click_sorts(self):
        self.build()
        text = self.ok("report")
        for clicks, names in ((1, ["form", "element"]), (2, ["element", "form"])):
            click = "<script>for (let i = 0; i < %d; ++i) document.querySelector('#modules th').click()</script>" % clicks
            page = self.in_browser(text.replace("</body>", click + "</body>"))
            self.assertEqual([row[0].split("$")[0] for row in page.tables["modules"][1:]], names)
        click = "<script>document.querySelectorAll('#modules th')[2].click()</script>"
        page = self.in_browser(text.replace("</body>", click + "</body>"))
        sizes = [float(attributes["data-value"]) for tag, attributes in page.tags if tag == "td" and "data-value" in attributes]
        self.assertIn(("th", {"class": "number", "aria-sort": "descending"}), page.tags)
        self.assertEqual(page.tables["modules"][1][0].split("$")[0],
                         max(("form", "element"), key=lambda name: self.entry(name).stat().st_size))
        self.assertTrue(sizes)

    def test_foreign_text_is_no_markup(self):
        self.cache = self.tmp / HOSTILE
        self.env["DIJITSO_CACHE_DIR"] = str(self.cache)
        self.build(DIJITSO_BUILD_CXXFLAGS_OPT="'-DX=</code><script>console.error(1)</script>' -O1")
        self.in_its_place(self.entry("element"), b"no entry")
        text = self.ok("report")
        page = self.in_browser(text)
        self.assertEqual([tag for tag, _ in page.tags].count("script"), 1)
        self.assertIn(str(self.cache), page.texts)
        self.assertIn("</code><script>console.error(1)</script>", page.tables["modules"][1][0])
        self.assertNotIn("img", [tag for tag, _ in page.tags])
        self.assertIn("cannot be verified", text)

    def test_file(self):
        self.build()
        self.assertEqual(self.ok("report", "-o", "cache.html"), "Wrote 'cache.html'.\n")
        self.assertEqual((self.home / "cache.html").read_text(), self.ok("report"))
        (self.home / "cache.html").write_text("old")
        self.ok("report", "--output", self.home / "cache.html")
        self.assertTrue((self.home / "cache.html").read_text().startswith("<!DOCTYPE html>"))
        self.assertEqual([file.name for file in self.home.iterdir()], ["cache.html"])
        self.assertIn("no/such", self.fails(1, "report", "-o", "no/such/page.html"))

    def test_empty_cache(self):
        page = self.in_browser(self.ok("report"))
        self.assertIn("0 modules in 0 variants.", page.texts)
        self.assertEqual(len(page.tables["modules"]), 1)
        self.assertFalse(self.cache.exists())

    def test_json(self):
        self.build()
        document = self.json("report", "--json")
        self.assertEqual((document["cache_dir"], document["modules"], document["unverified"]), (str(self.cache), 2, []))
        self.assertEqual(document["categories"]["obj"]["count"], 2)
        form = next(row for row in document["variants"] if row["signature"] == "form")
        self.assertEqual((form["variant"], form["bytes"], form["dependencies"]),
                         (self.slot(self.entry("form")), self.entry("form").stat().st_size, ["element"]))
        for step in ("frontend", "optimiser", "codegen"):
            self.assertGreater(document["seconds"][step], 0)
            self.assertAlmostEqual(document["seconds"][step], sum(row["seconds"][step] for row in document["variants"]))

    def test_what_is_not_verified_is_named(self):
        self.build()
        file = self.entry("form")
        whole = file.read_bytes()
        self.in_its_place(file, whole[:-1])
        text = self.ok("report")
        self.assertRegex(text, r"<li>[^<]*%s[^<]*cannot be verified[^<]*</li>" % re.escape(file.name))
        self.assertEqual(len(Page(text).tables["modules"]), 2)
        self.ignores_what_is_no_file(file, whole, "report", code=0)


if __name__ == "__main__":
    cli.main()

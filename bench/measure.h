// What is measured. Every function runs what it compares by turns in the same process, so that both see the same
// machine.
#pragma once

#include "corpus.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bench {

// Medians over the rounds, for one family or for all. Milliseconds for compile + link + load of its modules.
struct Cold {
  std::string family;
  std::size_t modules = 0;
  double dijitso = 0;
  std::vector<double> peers;  // in the order of the compilers asked for
};

struct ColdResult {
  double start_up = 0;  // the first compile of a process: loads Clang and the linker, compiles one line
  std::vector<Cold> families;
  Cold all;  // dijitso's contains the start-up
};

// Builds every module `rounds` times with empty caches: in this process, and with each compiler as the old package did
// (one command a module, dependencies linked, library opened).
ColdResult measure_cold(const ffc::Corpus& corpus, const std::vector<std::string>& compilers, int rounds,
                        const std::filesystem::path& work_dir);

// Leaves a cache that has every module of the corpus.
void fill_cache(const ffc::Corpus& corpus, const std::filesystem::path& cache_dir);

struct Disk {
  double first = 0;   // milliseconds for the first module of a process: loads the linker
  double module = 0;  // median of the others
  double slowest = 0;
  double process = 0;  // wall time of a process that takes all modules, start and exit included
};

// The child: takes every module from the cache, prints the time of each in milliseconds, one a line, and the number of
// compiles.
void print_disk_times(const ffc::Corpus& corpus, const std::filesystem::path& cache_dir);

// The parent: medians over `rounds` children, each started with `child`, a command that calls print_disk_times.
Disk measure_disk(const std::vector<std::string>& child, int rounds);

// Median nanoseconds for a module that this process has.
double measure_memory(const ffc::Corpus& corpus, const std::filesystem::path& cache_dir);

// Median milliseconds of `dijitso-cache show` over a cache of so many small modules, which is made first.
double measure_show(const std::string& tool, int entries, int rounds, const std::filesystem::path& cache_dir);

}  // namespace bench

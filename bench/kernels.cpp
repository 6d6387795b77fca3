// How fast the compiled code is: tabulate_tensor of the integrals of the corpus, by g++ and by dijitso.
//
//     kernels [--families a,b] [--reference DIR]
//
// Every variant of a kernel is called by turns in this process, with the same arguments, in batches of a millisecond.
// Prints JSON: for each kernel the median nanoseconds of a call of each variant.
#include "integral_arguments.h"
#include "jit_modules.h"
#include "process.h"
#include "shared_libraries.h"
#include "stopwatch.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>

namespace {

using nlohmann::json;

struct Options {
  std::string manifest = FFC_MANIFEST;
  std::vector<std::string> families;
  std::string reference;  // where the libraries of g++ are kept
  int batches = 60;
};

// Calls a kernel so many times.
using Calls = std::function<void(double* A, std::size_t times)>;

struct Kernel {
  std::string integral;  // "cell", "exterior_facet on 1", ...
  std::size_t size;
  Calls calls;
};

// One form of one variant, and what it is called with.
class Form {
 public:
  Form(const ffc::Module& module, const ffc::Lookup& lookup)
      : code_(lookup),
        form_(reinterpret_cast<ufc::form* (*)()>(lookup(module.factories.at(0)))()),
        coordinate_element_(form_->create_coordinate_finite_element()),
        arguments_(*form_, *coordinate_element_, 1.0) {}

  std::vector<Kernel> kernels() const {
    using F = ufc::form;
    std::vector<Kernel> all;
    add(all, "cell", form_->max_cell_subdomain_id(), &F::create_default_cell_integral, &F::create_cell_integral, 1,
        [](const auto& integral, double* A, const auto& a) {
          integral.tabulate_tensor(A, a.w(), a.coordinates(0), 0);
        });
    add(all, "exterior_facet", form_->max_exterior_facet_subdomain_id(), &F::create_default_exterior_facet_integral,
        &F::create_exterior_facet_integral, 1, [](const auto& integral, double* A, const auto& a) {
          integral.tabulate_tensor(A, a.w(), a.coordinates(0), 1, 0);
        });
    add(all, "interior_facet", form_->max_interior_facet_subdomain_id(), &F::create_default_interior_facet_integral,
        &F::create_interior_facet_integral, 2, [](const auto& integral, double* A, const auto& a) {
          integral.tabulate_tensor(A, a.w(), a.coordinates(0), a.coordinates(1), 0, 1, 0, 0);
        });
    return all;
  }

 private:
  template <class Integral, class Call>
  void add(std::vector<Kernel>& all, const std::string& kind, std::size_t subdomains,
           Integral* (ufc::form::*create_default)() const, Integral* (ufc::form::*create)(std::size_t) const,
           std::size_t num_cells, Call call) const {
    const auto add_one = [&](const std::string& name, std::shared_ptr<Integral> integral) {
      if (!integral) return;
      all.push_back({name, arguments_.size_on(num_cells), [this, integral, call](double* A, std::size_t times) {
                       for (std::size_t i = 0; i < times; ++i) call(*integral, A, arguments_);
                     }});
    };
    add_one(kind, std::shared_ptr<Integral>(((*form_).*create_default)()));
    for (std::size_t i = 0; i < subdomains; ++i)
      add_one(kind + " on " + std::to_string(i), std::shared_ptr<Integral>(((*form_).*create)(i)));
  }

  ffc::Lookup code_;  // keeps it loaded
  std::unique_ptr<ufc::form> form_;
  std::unique_ptr<ufc::finite_element> coordinate_element_;
  ffc::IntegralArguments arguments_;
};

// Median nanoseconds of a call, for each of the variants of one kernel.
std::vector<double> by_turns(const std::vector<Kernel>& variants, int batches) {
  std::vector<double> A(variants[0].size, 0.0);
  std::size_t times = 1;
  while (times < 10'000'000 && bench::milliseconds([&] { variants[0].calls(A.data(), times); }) < 0.25) times *= 2;
  std::vector<std::vector<double>> samples(variants.size());
  for (int batch = 0; batch < batches; ++batch)
    for (std::size_t k = 0; k < variants.size(); ++k) {
      const std::size_t who = (k + static_cast<std::size_t>(batch)) % variants.size();
      const double time = bench::milliseconds([&] { variants[who].calls(A.data(), times); });
      samples[who].push_back(time * 1e6 / static_cast<double>(times));
    }
  std::vector<double> medians;
  for (const auto& sample : samples) medians.push_back(bench::median(sample));
  return medians;
}

// The code of one way of compiling, module by module.
struct Variant {
  std::string name;
  std::function<ffc::Lookup(const ffc::Module&)> code;
};

Variant ours(const std::string& name, const ffc::Corpus& corpus, const std::filesystem::path& cache,
             const std::string& level, const std::string& cpu, dijitso::Jit& jit) {
  auto changed = corpus;
  changed.cxxflags_opt = {level};
  auto given = dijitso::params::as_dict(ffc::jit_params(changed, cache));
  given["build"]["target_cpu"] = cpu;
  // Code that is quick to compile is not what is measured here.
  if (dijitso::params::default_build_params().contains("tier")) given["build"]["tier"] = "full";
  const auto params = dijitso::validate_params(given);
  return {name, [&jit, &corpus, params](const ffc::Module& module) {
            return ffc::lookup_in(ffc::jit_module(jit, corpus, module, params));
          }};
}

json measure(const Options& options) {
  const auto corpus = ffc::read_corpus(options.manifest).restricted_to(options.families);
  const ffc::TemporaryDirectory work;
  const ffc::SharedLibraries reference(corpus, "g++",
                                       options.reference.empty() ? (work.path() / "g++").string() : options.reference);
  reference.build_missing(corpus.modules);
  // One Jit for each variant: names mean the variant that was used last.
  dijitso::Jit o2, o3, native;
  const std::vector<Variant> variants = {
      {"g++ -O2", [&](const ffc::Module& module) { return ffc::lookup_in(reference.open(module)); }},
      ours("dijitso -O2", corpus, work.path() / "o2", "-O2", "baseline", o2),
      ours("dijitso -O3", corpus, work.path() / "o3", "-O3", "baseline", o3),
      ours("dijitso -O2 native", corpus, work.path() / "native", "-O2", "native", native)};
  json result = {{"kernels", json::array()}};
  for (const auto& variant : variants) result["variants"].push_back(variant.name);
  for (const auto& module : corpus.modules) {
    if (module.kind != "form") continue;
    std::vector<std::unique_ptr<Form>> forms;
    std::vector<std::vector<Kernel>> kernels;  // [variant][integral]
    for (const auto& variant : variants) {
      forms.push_back(std::make_unique<Form>(module, variant.code(module)));
      kernels.push_back(forms.back()->kernels());
    }
    for (std::size_t i = 0; i < kernels[0].size(); ++i) {
      std::vector<Kernel> same;
      for (const auto& variant : kernels) same.push_back(variant.at(i));
      result["kernels"].push_back({{"family", module.family},
                                   {"form", module.name},
                                   {"integral", same[0].integral},
                                   {"nanoseconds", by_turns(same, options.batches)}});
    }
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Times the kernels of the corpus, compiled by g++ and by dijitso.");
  app.add_option("--manifest", options.manifest, "modules.json of make_modules.py")->capture_default_str();
  app.add_option("--families", options.families, "only these, separated by commas")->delimiter(',');
  app.add_option("--reference", options.reference, "a directory that keeps the libraries of g++");
  app.add_option("--batches", options.batches, "batches of a quarter of a millisecond for each variant")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    std::cout << measure(options).dump() << "\n";
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kernels: %s\n", error.what());
    return 1;
  }
}

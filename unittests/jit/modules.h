// Modules without code, for tests of what holds them.
#pragma once

#include "jit/module.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::testing {

inline std::shared_ptr<Module> make_module(const std::string& signature, std::vector<ModulePointer> dependencies = {}) {
  auto module = std::make_shared<Module>();
  module->signature = signature;
  module->scope = "/cache";
  module->request = blake3("request of " + signature);
  module->build = blake3("build");
  module->dependencies = std::move(dependencies);
  module->set_identity(blake3("identity of " + signature));
  return module;
}

// Another variant of a signature.
inline std::shared_ptr<Module> make_variant(const std::string& signature, const std::string& variant,
                                            std::vector<ModulePointer> dependencies = {}) {
  auto module = make_module(signature, std::move(dependencies));
  module->request = blake3("request of " + signature + variant);
  module->set_identity(blake3("identity of " + signature + variant));
  return module;
}

// Code that defines one symbol, and tells when it is unloaded.
class FakeCode : public orc::LinkedModule {
 public:
  explicit FakeCode(std::function<void()> at_end = {}) : at_end_(std::move(at_end)) {}
  ~FakeCode() override {
    if (at_end_) at_end_();
  }
  void* find(const std::string& symbol) const override {
    return symbol == "known" ? const_cast<FakeCode*>(this) : nullptr;
  }

 private:
  std::function<void()> at_end_;
};

}  // namespace dijitso::testing

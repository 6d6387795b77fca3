// Modules without code, for tests of what holds them.
#pragma once

#include "jit/loaded/module.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dijitso::testing {

// One of the variants of a signature.
inline std::shared_ptr<Module> make_variant(const std::string& signature, const std::string& variant,
                                            std::vector<ModulePointer> dependencies = {}) {
  ModuleFacts facts{.signature = signature,
                    .name_space = "/cache",
                    .request = blake3("request of " + signature + variant),
                    .build = blake3("build"),
                    .dependencies = std::move(dependencies)};
  return std::make_shared<Module>(
      std::move(facts),
      std::make_shared<ModuleState>(signature, blake3("identity of " + signature + variant), SharedBytes()));
}

inline std::shared_ptr<Module> make_module(const std::string& signature, std::vector<ModulePointer> dependencies = {}) {
  return make_variant(signature, "", std::move(dependencies));
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

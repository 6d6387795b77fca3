// A module ends in this order: its static destructors run, its code is unmapped, its references to dependencies are
// released. Tested in unittests/orc/lifetime_test.cpp.
#include "orc/module.h"

#include "orc/registry.h"
#include "support/references.h"

#include <cxxabi.h>
#include <dijitso/error.h>

#include <cstdlib>
#include <exception>
#include <typeinfo>

namespace dijitso::orc {

namespace {

using References = std::vector<std::shared_ptr<const LinkedModule>>;

// Resources that stay forever, because the module ended before a thread that must still run its code.
struct Kept {
  std::shared_ptr<Session> session;
  References dependencies;
  std::unique_ptr<Code> code;
};

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return name ? name.get() : type.name();
}

// Describes the exception being handled. The exception object may belong to the module, so only text is kept.
std::string describe_current_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return type ? "an exception of type " + type_name(*type) : "an exception of a foreign language";
  }
}

}  // namespace

Module::Module(std::shared_ptr<Session> session, forking::LongMutex& initialisation,
               std::shared_ptr<CodeSpace> code_space, const LinkRequest& request)
    : session_(std::move(session)),
      initialisation_(initialisation),
      request_(request),
      code_(std::make_unique<Code>(std::move(code_space))) {
  request_.object.reset();
}

Module::~Module() {
  {
    const Lock lock(initialisation_);
    code_->run_destructors();
  }
  Registry::instance().remove(*this);
  if (code_->keep_mapped) {
    Registry::instance().keep(
        std::shared_ptr<Kept>(new Kept{session_, std::move(request_.dependencies), std::move(code_)}));
    return;
  }
  if (code_->debugger) remove_from_debugger();
  code_.reset();
  drop_references(std::move(request_.dependencies));
}

// gdb does not remove its breakpoints from unloaded code, and then applies them to other code at the same address. So
// the code stays mapped while a debugger is attached.
void Module::remove_from_debugger() {
  code_->debugger.reset();
  if (!debugger_is_attached()) return;
  Registry::instance().keep(std::shared_ptr<Code>(std::move(code_)));
}

void Module::start() {
  code_->owner = weak_from_this();
  const Lock lock(initialisation_);
  std::string reason;
  try {
    code_->choose_functions();
    code_->run_constructors();
    return;
  } catch (...) {
    reason = describe_current_exception();
  }
  throw LinkFailed("module '" + name() + "' cannot be loaded: a static constructor threw: " + reason);
}

void* Module::find(const std::string& symbol) const {
  const auto* found = code_->exports.find(symbol);
  if (!found) return nullptr;
  if (found->thread_local_variable) return code_->tls.instance(found->value);
  return reinterpret_cast<void*>(found->value);
}

}  // namespace dijitso::orc

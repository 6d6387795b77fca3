// A compiled module that is linked into this process.
#pragma once

#include <dijitso/export.h>

#include <memory>
#include <string>

namespace dijitso {

class Module;       // lib/jit/loaded/module.h
struct Prototypes;  // <dijitso/prototypes.h>

// A handle to linked code, cheap to copy. The code, its dependencies and their linker session stay loaded while any
// handle exists; static destructors run when the last one is destroyed. Addresses must not be used after that. Two
// handles are equal when they refer to the same loaded code. Thread-safety: const functions may be called from any
// thread.
class DIJITSO_API Library {
 public:
  Library() = default;
  explicit Library(std::shared_ptr<const Module> module) : module_(std::move(module)) {}

  explicit operator bool() const { return module_ != nullptr; }
  bool operator==(const Library& other) const = default;

  // The name under which `jit` returned it.
  const std::string& signature() const;

  // The address of a function or variable by its linker name; nullptr when this module does not define it.
  void* find(const std::string& symbol) const;

  // The same, but throws LinkFailed with the symbol and the module when it is not defined.
  void* symbol(const std::string& symbol) const;

  // The shared library that was opened, for cache.lib_loader dlopen, ctypes and import: a name with which dlopen finds
  // it again while this handle exists. Empty for code that was linked in memory.
  std::string file_name() const;

  // The address of a function or variable by its linker name, or else by its name in C++, with namespaces ("n::f").
  // LinkFailed when this module does not define it, or defines several of that name.
  void* address(const std::string& name) const;

  // address() with a type, which is not checked: lib.function<double(double)>("f")(2.0), *lib.variable<int>("n").
  template <class F>
  F* function(const std::string& name) const {
    return reinterpret_cast<F*>(address(name));
  }
  template <class T>
  T* variable(const std::string& name) const {
    return static_cast<T*>(address(name));
  }

  // The types of what this module exports. Empty when it was compiled by an older version, which recorded none.
  Prototypes prototypes() const;

  const std::shared_ptr<const Module>& module() const { return module_; }

 private:
  std::shared_ptr<const Module> module_;
};

}  // namespace dijitso

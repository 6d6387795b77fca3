// dijitso.jit: converts Python callbacks to those of the core. The GIL is held only while they run. Tested in
// tests/python/jit_test.py.

#include "bind.h"
#include "collective.h"
#include "exceptions.h"
#include "gil.h"
#include "library.h"
#include "pybind11_id.h"
#include "resolve.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <dijitso/error.h>
#include <dijitso/interrupt.h>
#include <dijitso/jit.h>

#include <array>
#include <deque>
#include <exception>

namespace dijitso::python {
namespace {

using Bytes = py::array_t<std::uint8_t, py::array::c_style>;

// Runs `call` with the GIL. A Python exception passes through the core unchanged.
template <class Call>
auto with_python(const Call& call) {
  return with_gil([&] {
    try {
      return call();
    } catch (const py::error_already_set& error) {
      throw PythonException(error);
    }
  });
}

bool is_text(py::handle value) { return PyUnicode_Check(value.ptr()) || PyBytes_Check(value.ptr()); }

Generated as_generated(const py::object& result, const std::string& name) {
  const auto expect = [&](bool holds, const char* what) {
    if (!holds)
      throw GenerateFailed("generate of '" + name + "' must return " + what + ", not " + text_of(py::repr(result)));
  };
  expect((py::isinstance<py::tuple>(result) || py::isinstance<py::list>(result)) && py::len(result) == 3,
         "a tuple (header, source, dependencies)");
  const auto parts = py::reinterpret_borrow<py::sequence>(result);
  const py::object header = parts[0], source = parts[1], dependencies = parts[2];
  expect(header.is_none() || is_text(header), "a text as header, or None");
  expect(is_text(source), "a text as source");
  expect(dependencies.is_none() || (py::isinstance<py::iterable>(dependencies) && !is_text(dependencies)),
         "a tuple of signatures as dependencies");
  Generated generated;
  if (!header.is_none()) generated.header = text_of(header);
  generated.source = text_of(source);
  if (dependencies.is_none()) return generated;
  for (const py::handle dependency : dependencies) {
    expect(is_text(dependency), "a tuple of signatures as dependencies");
    generated.dependencies.push_back(text_of(dependency));
  }
  return generated;
}

std::vector<std::uint8_t> as_bytes(const py::object& received) {
  const py::object array = py::module_::import("numpy").attr("asarray")(received);
  if (!py::isinstance<Bytes>(array))
    throw CommunicationError("receive must return a numpy array of uint8, not " + text_of(py::repr(received)));
  const Bytes bytes = py::reinterpret_borrow<Bytes>(array);
  return {bytes.data(), bytes.data() + bytes.size()};
}

// Converts `generate`; empty for None.
Generate generate_of(const py::object& jitable, const py::object& generate, py::handle params) {
  if (generate.is_none()) return {};
  return [&jitable, &generate, params](const std::string& name, const std::string& signature, const GeneratorParams&) {
    return with_python(
        [&] { return as_generated(call_python(generate, jitable, name, signature, generator_of(params)), name); });
  };
}

// An interrupt is only for this thread; other threads that wait for the same module do not get it.
Generate with_interrupts(const Generate& generate) {
  if (!generate) return {};
  return [&generate](const std::string& name, const std::string& signature, const GeneratorParams& params) {
    try {
      return generate(name, signature, params);
    } catch (const PythonException& error) {
      if (!error.is_interrupt()) throw;
      std::throw_with_nested(Interrupted());
    }
  };
}

Exchange exchange_of(const py::object& send, const py::object& receive, const py::object& wait) {
  Exchange exchange;
  if (!send.is_none())
    exchange.send = [&send](const std::vector<std::uint8_t>& data) {
      with_python([&] { call_python(send, Bytes(static_cast<py::ssize_t>(data.size()), data.data())); });
    };
  if (!receive.is_none())
    exchange.receive = [&receive] { return with_python([&] { return as_bytes(call_python(receive)); }); };
  if (!wait.is_none()) exchange.wait = [&wait] { with_python([&] { call_python(wait); }); };
  return exchange;
}

std::string name_of(const py::object& given) {
  if (!is_text(given)) throw InvalidArgument("the name of a module must be a text, not " + text_of(py::repr(given)));
  return text_of(given);
}

// Code that is not for pybind11 needs none of its definitions.
ParamsPointer params_of(const py::object& given, bool may_use_pybind11 = true) {
  const ParamsPointer resolved = resolve(given);
  return may_use_pybind11 && resolved->cache.lib_loader == "import" ? with_pybind11_id(*resolved) : resolved;
}

// The parameters that a library object is pickled with.
py::object for_pickle(const py::object& given) { return given.is_none() ? py::dict() : given; }

// Returns the result of Python's jit, for the library that `get(name, params, generate)` returns without the GIL.
template <class Released, class Get>
py::tuple jit_with(const Get& get, const py::object& jitable, const py::object& given_name, const py::object& params,
                   const py::object& generate, bool may_use_pybind11 = true) {
  const std::string name = name_of(given_name);
  const ParamsPointer resolved = params_of(params, may_use_pybind11);
  const Generate generating = generate_of(jitable, generate, params);
  Library library;
  {
    const Released gil_released;
    library = get(name, *resolved, generating);
  }
  return py::make_tuple(library_object(library, resolved->cache.lib_loader, for_pickle(params)), name);
}

py::tuple jit_in_python(const py::object& jitable, const py::object& name, const py::object& params,
                        const py::object& generate, const py::object& send, const py::object& receive,
                        const py::object& wait, bool may_use_pybind11) {
  const Exchange exchange = exchange_of(send, receive, wait);
  const auto get = [&](const std::string& signature, const Params& resolved, const Generate& generating) {
    return jit(signature, resolved, with_interrupts(generating), exchange).first;
  };
  return jit_with<GilReleasedToWait>(get, jitable, name, params, generate, may_use_pybind11);
}

// Calls `ask` with a flag, which it sets when the ranks have begun to communicate. If arguments are refused before
// that, this is reported to the other ranks, which wait for this rank.
template <class Ask>
auto ask_ranks(const Collective& ranks, Ask ask) {
  bool has_begun = false;
  std::exception_ptr refused;
  try {
    return ask(has_begun);
  } catch (const py::error_already_set& error) {
    if (has_begun) throw;
    refused = std::make_exception_ptr(InvalidArgument(error.what()));
  } catch (const Error&) {
    if (has_begun) throw;
    refused = std::current_exception();
  }
  const GilReleased gil_released;
  ranks.refuse(refused);
  std::rethrow_exception(refused);  // not reached: refuse has thrown
}

py::tuple jit_on_ranks(const py::object& capsule, const py::object& jitable, const py::object& name,
                       const py::object& params, const py::object& generate) {
  const Collective& ranks = Collective::of(capsule);
  return ask_ranks(ranks, [&](bool& has_begun) {
    const auto get = [&](const auto&... request) {
      has_begun = true;
      return ranks.jit(request...);
    };
    return jit_with<GilReleased>(get, jitable, name, params, generate);
  });
}

// `given` is a list of tuples (jitable, name, params, generate).
py::list jit_many_on_ranks(const py::object& capsule, const py::list& given) {
  const Collective& ranks = Collective::of(capsule);
  std::deque<std::array<py::object, 4>> kept;  // owns the objects to which the requests refer
  std::vector<JitRequest> requests;
  const auto made = ask_ranks(ranks, [&](bool& has_begun) {
    for (const py::handle item : given) {
      const auto& [jitable, name, params, generate] = kept.emplace_back(item.cast<std::array<py::object, 4>>());
      requests.push_back({name_of(name), *params_of(params), generate_of(jitable, generate, params)});
    }
    const GilReleased gil_released;
    has_begun = true;
    return ranks.jit_many(requests);
  });
  py::list result;
  for (std::size_t i = 0; i < made.size(); ++i)
    result.append(py::make_tuple(
        library_object(made[i].first, requests[i].params.cache.lib_loader, for_pickle(kept[i][2])), requests[i].name));
  return result;
}

// The result of jit_async.
class Future {
 public:
  Future(LibraryFuture future, std::string loader, py::object params)
      : future_(std::move(future)), loader_(std::move(loader)), params_(std::move(params)) {}

  const std::string& signature() const { return future_.signature(); }
  bool is_ready() const { return future_.is_ready(); }
  py::object result() const {
    Library library;
    {
      const GilReleasedToWait gil_released;
      library = future_.get();
    }
    return library_object(library, loader_, params_);
  }

 private:
  LibraryFuture future_;
  std::string loader_;
  py::object params_;  // as they were given
};

std::unique_ptr<Future> jit_async(const py::object& jitable, const py::object& given_name, const py::object& params,
                                  const py::object& generate, bool may_use_pybind11) {
  const std::string name = name_of(given_name);
  const ParamsPointer resolved = params_of(params, may_use_pybind11);
  const Generate generating = generate_of(jitable, generate, params);
  const auto begin = [&] {
    const GilReleasedToWait gil_released;
    return default_jit().jit_async(name, *resolved, with_interrupts(generating));
  };
  return std::make_unique<Future>(begin(), resolved->cache.lib_loader, for_pickle(params));
}

bool wait_optimized(const Code& code) { return dijitso::wait_optimized(code.library()); }

py::dict counters() {
  Counters now;
  {
    const GilReleased gil_released;
    now = default_jit().counters();
  }
  py::dict result;
  result["memory_hits"] = now.memory_hits;
  result["disk_hits"] = now.disk_hits;
  result["compiles"] = now.compiles;
  result["waits"] = now.waits;
  result["quarantined"] = now.quarantined;
  result["published"] = now.published;
  result["fallbacks"] = now.fallbacks;
  result["precompiled"] = now.precompiled;
  result["quick"] = now.quick;
  result["optimized"] = now.optimized;
  return result;
}

}  // namespace

void bind_jit(py::module_& m) {
  m.def("jit", &jit_in_python, py::arg("jitable"), py::arg("name"), py::arg("params"), py::arg("generate"),
        py::arg("send"), py::arg("receive"), py::arg("wait"), py::arg("may_use_pybind11") = true);
  m.def("jit_on_ranks", &jit_on_ranks);
  m.def("jit_many_on_ranks", &jit_many_on_ranks);
  py::class_<Future>(m, "Future", "A module that jit_async began with.")
      .def_property_readonly("signature", &Future::signature)
      .def("is_ready", &Future::is_ready)
      .def("result", &Future::result);
  m.def("jit_async", &jit_async, py::arg("jitable"), py::arg("name"), py::arg("params"), py::arg("generate"),
        py::arg("may_use_pybind11") = true);
  m.def("wait_optimized", &wait_optimized, py::call_guard<GilReleasedToWait>());
  m.def("jit_signature", &jit_signature, py::call_guard<GilReleased>());
  m.def("counters", &counters);
  m.def("wait_for_background", [] { default_jit().wait_for_background(); }, py::call_guard<GilReleasedToWait>());
}

}  // namespace dijitso::python

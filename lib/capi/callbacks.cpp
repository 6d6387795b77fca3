// A C callback answers through a reply and returns a status. An exception that a C++ callback throws is a failure like
// any other. Failures travel as exceptions through the library to the C function that was called first. Tested in
// tests/capi/callbacks_test.c and exceptions_test.cpp.
#include "capi/callbacks.h"

#include "capi/calls.h"

#include <algorithm>
#include <new>
#include <utility>

namespace dijitso::capi {
namespace {

[[noreturn]] void raise_status(dijitso_status_t status, const std::string& who, const std::string& message) {
  const std::string text =
      who + " failed: " + (message.empty() ? "it returned status " + std::to_string(status) : message);
  if (status == DIJITSO_GENERATE_FAILED) throw GenerateFailed(text);
  raise({{.message = text}, DIJITSO_CALLBACK_FAILED});
}

// Runs `call`, which returns the status of a callback, and throws its failure.
template <class Call>
void run(const std::string& who, dijitso_reply_t& reply, const Call& call) {
  dijitso_status_t status = DIJITSO_OK;
  try {
    status = call();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    raise_status(DIJITSO_CALLBACK_FAILED, who, error.what());
  } catch (...) {
    raise_status(DIJITSO_CALLBACK_FAILED, who, "it threw an exception that is not a std::exception");
  }
  if (status == DIJITSO_OK) return;
  if (reply.error) raise(*reply.error);
  raise_status(status, who, reply.message);
}

}  // namespace

Generate generate_function(dijitso_generate_t generate, const dijitso_params_t& params, void* user_data) {
  if (!generate) return {};
  return [=, &params](const std::string& name, const std::string& signature, const GeneratorParams&) {
    dijitso_reply_t reply;
    run("generate of '" + name + "'", reply,
        [&] { return generate(name.c_str(), signature.c_str(), &params, &reply, user_data); });
    if (!reply.has_source)
      raise_status(DIJITSO_GENERATE_FAILED, "generate of '" + name + "'",
                   "it gave no source: call dijitso_reply_set_source()");
    return std::move(reply.generated);
  };
}

Exchange exchange_functions(const dijitso_exchange_t* exchange, const std::string& name) {
  if (!exchange) return {};
  if (exchange->struct_size != sizeof(dijitso_exchange_t))
    throw InvalidArgument("exchange.struct_size is " + std::to_string(exchange->struct_size) +
                          ": set it to sizeof(dijitso_exchange_t), which is " +
                          std::to_string(sizeof(dijitso_exchange_t)) + " in this version");
  const dijitso_exchange_t given = *exchange;
  const std::string of = " of '" + name + "'";
  Exchange functions;
  if (given.send)
    functions.send = [=](const std::vector<std::uint8_t>& bytes) {
      dijitso_reply_t reply;
      run("send" + of, reply, [&] { return given.send(bytes.data(), bytes.size(), &reply, given.user_data); });
    };
  if (given.receive)
    functions.receive = [=] {
      dijitso_reply_t reply;
      run("receive" + of, reply, [&] { return given.receive(&reply, given.user_data); });
      return std::move(reply.bytes);
    };
  if (given.wait)
    functions.wait = [=] {
      dijitso_reply_t reply;
      run("wait" + of, reply, [&] { return given.wait(&reply, given.user_data); });
    };
  return functions;
}

}  // namespace dijitso::capi

using namespace dijitso::capi;

dijitso_status_t dijitso_reply_set_header(dijitso_reply_t* reply, const char* text, dijitso_error_t** error) {
  return guarded(error, [&] { need(reply, "reply").generated.header = need_text(text, "text"); });
}

dijitso_status_t dijitso_reply_set_source(dijitso_reply_t* reply, const char* text, dijitso_error_t** error) {
  return guarded(error, [&] {
    need(reply, "reply").generated.source = need_text(text, "text");
    reply->has_source = true;
  });
}

dijitso_status_t dijitso_reply_add_dependency(dijitso_reply_t* reply, const char* signature, dijitso_error_t** error) {
  return guarded(error,
                 [&] { need(reply, "reply").generated.dependencies.push_back(need_text(signature, "signature")); });
}

dijitso_status_t dijitso_reply_set_bytes(dijitso_reply_t* reply, const void* bytes, size_t size,
                                         dijitso_error_t** error) {
  return guarded(error, [&] {
    std::vector<std::uint8_t>& place = need(reply, "reply").bytes;
    const auto* first = static_cast<const std::uint8_t*>(bytes);
    if (size > 0) need(first, "bytes");
    std::vector<std::uint8_t> copy(size);  // throws for an impossible size before it is added to a pointer
    std::copy_n(first, size, copy.begin());
    place = std::move(copy);
  });
}

dijitso_status_t dijitso_reply_set_message(dijitso_reply_t* reply, const char* text, dijitso_error_t** error) {
  return guarded(error, [&] { need(reply, "reply").message = need_text(text, "text"); });
}

dijitso_status_t dijitso_reply_set_error(dijitso_reply_t* reply, const dijitso_error_t* cause,
                                         dijitso_error_t** error) {
  return guarded(error, [&] { need(reply, "reply").error = need(cause, "cause"); });
}

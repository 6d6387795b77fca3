// LLVM's assembler, with the options that Clang's driver gives it. Tested in tests/cc.

#include "compile/command/assemble.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Options/Options.h>
#include <dijitso/error.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/WithColor.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <memory>

namespace dijitso::compilation {
namespace {

using namespace clang::options;
using llvm::opt::InputArgList;

InputArgList parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  InputArgList parsed =
      clang::getDriverOptTable().ParseArgs(pointers, missing_index, missing_count, llvm::opt::Visibility(CC1AsOption));
  if (missing_count != 0) throw InvalidArgument("option '" + arguments[missing_index] + "' needs a value");
  for (const llvm::opt::Arg* arg : parsed.filtered(OPT_UNKNOWN, OPT_mllvm))
    throw InvalidArgument("option '" + arg->getAsString(parsed) + "' is not supported for assembly");
  return parsed;
}

llvm::MCTargetOptions target_options(const InputArgList& args) {
  llvm::MCTargetOptions options;
  options.MCRelaxAll = args.hasArg(OPT_mrelax_all);
  options.MCFatalWarnings = args.hasArg(OPT_massembler_fatal_warnings);
  options.MCNoWarn = args.hasArg(OPT_massembler_no_warn);
  options.MCNoExecStack = args.hasArg(OPT_mno_exec_stack);
  options.MCSaveTempLabels = args.hasArg(OPT_msave_temp_labels);
  options.MCUseDwarfDirectory = llvm::MCTargetOptions::DefaultDwarfDirectory;
  options.X86RelaxRelocations = !args.hasArg(OPT_mrelax_relocations_no);
  options.Dwarf64 = args.hasArg(OPT_gdwarf64);
  options.ABIName = args.getLastArgValue(OPT_target_abi).str();
  options.IASSearchPaths = args.getAllArgValues(OPT_I);
  return options;
}

// The debug information that -g asks for: the lines of the assembly itself.
void set_debug_info(llvm::MCContext& context, const InputArgList& args, llvm::StringRef text) {
  context.setGenDwarfForAssembly(args.hasArg(OPT_debug_info_kind_EQ));
  int version = 5;
  args.getLastArgValue(OPT_dwarf_version_EQ, "5").getAsInteger(10, version);
  context.setDwarfVersion(static_cast<std::uint16_t>(version));
  if (args.hasArg(OPT_dwarf_debug_producer))
    context.setDwarfDebugProducer(args.getLastArgValue(OPT_dwarf_debug_producer));
  llvm::SmallString<128> here(args.getLastArgValue(OPT_fdebug_compilation_dir_EQ));
  if (here.empty()) llvm::sys::fs::current_path(here);
  context.setCompilationDir(here);
  context.setMainFileName(args.getLastArgValue(OPT_main_file_name));
  if (args.hasArg(OPT_debug_info_kind_EQ)) {
    std::optional<llvm::MD5::MD5Result> checksum;
    if (version >= 5) checksum = llvm::MD5::hash(llvm::arrayRefFromStringRef(text));
    context.setMCLineTableRootFile(0, context.getCompilationDir(), args.getLastArgValue(OPT_main_file_name), checksum,
                                   std::nullopt);
  }
}

bool define_symbols(llvm::MCAsmParser& parser, const InputArgList& args) {
  for (const std::string& symbol : args.getAllArgValues(OPT_defsym)) {
    const auto [name, text] = llvm::StringRef(symbol).split('=');
    std::int64_t value = 0;
    if (text.getAsInteger(0, value)) throw InvalidArgument("--defsym '" + symbol + "' has no number as its value");
    llvm::MCContext& context = parser.getContext();
    parser.getStreamer().emitAssignment(context.getOrCreateSymbol(name), llvm::MCConstantExpr::create(value, context));
  }
  return true;
}

// The object; nothing after an error, which has been reported.
bool assemble_text(llvm::SourceMgr& sources, const InputArgList& args, llvm::raw_pwrite_stream& object) {
  const llvm::Triple triple(args.getLastArgValue(OPT_triple));
  std::string error;
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) throw InvalidArgument(error);
  const llvm::MCTargetOptions options = target_options(args);
  const std::unique_ptr<llvm::MCRegisterInfo> registers(target->createMCRegInfo(triple));
  const std::unique_ptr<llvm::MCAsmInfo> info(target->createMCAsmInfo(*registers, triple, options));
  const std::unique_ptr<llvm::MCSubtargetInfo> subtarget(target->createMCSubtargetInfo(
      triple, args.getLastArgValue(OPT_target_cpu), llvm::join(args.getAllArgValues(OPT_target_feature), ",")));
  llvm::MCContext context(triple, info.get(), registers.get(), subtarget.get(), &sources, &options);
  const bool is_pic = args.getLastArgValue(OPT_mrelocation_model, "pic") != "static";
  const std::unique_ptr<llvm::MCObjectFileInfo> sections(target->createMCObjectFileInfo(context, is_pic));
  context.setObjectFileInfo(sections.get());
  set_debug_info(context, args, sources.getMemoryBuffer(sources.getMainFileID())->getBuffer());
  const std::unique_ptr<llvm::MCInstrInfo> instructions(target->createMCInstrInfo());
  std::unique_ptr<llvm::MCAsmBackend> backend(target->createMCAsmBackend(*subtarget, *registers, options));
  std::unique_ptr<llvm::MCCodeEmitter> emitter(target->createMCCodeEmitter(*instructions, context));
  std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(object);
  const std::unique_ptr<llvm::MCStreamer> streamer(target->createMCObjectStreamer(
      triple, context, std::move(backend), std::move(writer), std::move(emitter), *subtarget));
  streamer->initSections(args.hasArg(OPT_mno_exec_stack), *subtarget);
  const std::unique_ptr<llvm::MCAsmParser> parser(llvm::createMCAsmParser(sources, context, *streamer, *info));
  const std::unique_ptr<llvm::MCTargetAsmParser> of_target(
      target->createMCAsmParser(*subtarget, *parser, *instructions, options));
  parser->setTargetParser(*of_target);
  return define_symbols(*parser, args) && !parser->Run(/*NoInitialTextSection=*/args.hasArg(OPT_n));
}

bool write_object(llvm::StringRef object, const std::string& file) {
  if (llvm::Error error = llvm::writeToOutput(file, [&](llvm::raw_ostream& out) {
        out << object;
        return llvm::Error::success();
      })) {
    llvm::errs() << "error: cannot write '" << file << "': " << llvm::toString(std::move(error)) << '\n';
    return false;
  }
  return true;
}

}  // namespace

bool assemble(const std::vector<std::string>& arguments) {
  const InputArgList args = parse(arguments);
  const std::string input = args.getLastArgValue(OPT_INPUT, "-").str();
  auto text = llvm::MemoryBuffer::getFileOrSTDIN(input, /*IsText=*/true);
  if (!text) {
    llvm::errs() << "error: cannot read '" << input << "': " << text.getError().message() << '\n';
    return false;
  }
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*text), llvm::SMLoc());
  sources.setIncludeDirs(args.getAllArgValues(OPT_I));
  sources.setVirtualFileSystem(llvm::vfs::getRealFileSystem());
  llvm::SmallString<0> object;
  llvm::raw_svector_ostream stream(object);
  return assemble_text(sources, args, stream) && write_object(object, args.getLastArgValue(OPT_o, "-").str());
}

}  // namespace dijitso::compilation

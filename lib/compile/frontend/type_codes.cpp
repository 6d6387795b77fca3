// A structure is plain when a C compiler lays it out and passes it in the same way: fields at their natural places, no
// bit fields, no base classes, nothing to construct or destroy. All other classes and unions are "o": other code can
// only pass pointers to them. Within a structure, pointers to classes are "po", so that no structure contains itself.
// Tested in unittests/compile/prototypes_test.cpp.

#include "compile/frontend/type_codes.h"

#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/RecordLayout.h>

#include <utility>

namespace dijitso::compilation {
namespace {

constexpr const char* other = "o";

// std::complex<float> and std::complex<double> are passed like their namesakes of C.
const clang::TemplateArgument* component_of_std_complex(const clang::RecordDecl& record) {
  const auto* instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
  if (!instance || !instance->isInStdNamespace() || instance->getName() != "complex") return nullptr;
  const clang::TemplateArgument& component = instance->getTemplateArgs().get(0);
  return component.getKind() == clang::TemplateArgument::Type ? &component : nullptr;
}

bool is_plain(const clang::RecordDecl& record) {
  if (!record.isCompleteDefinition() || record.isUnion() || record.isInvalidDecl() || record.field_empty())
    return false;
  const auto* with_members = llvm::dyn_cast<clang::CXXRecordDecl>(&record);
  return !with_members || (with_members->canPassInRegisters() && with_members->isStandardLayout() &&
                           with_members->getNumBases() == 0 && !with_members->isPolymorphic());
}

// "o" or an array of it, but not a pointer to it.
bool is_other(const std::string& code) { return code == other || code.ends_with(",o"); }

std::string name_of(const clang::RecordDecl& record) {
  if (record.getIdentifier()) return record.getQualifiedNameAsString();
  const clang::TypedefNameDecl* alias = record.getTypedefNameForAnonDecl();
  return alias ? alias->getQualifiedNameAsString() : std::string();
}

}  // namespace

std::string TypeCodes::sized(char kind, clang::QualType type) const {
  return kind + std::to_string(context_.getTypeSizeInChars(type).getQuantity());
}

std::string TypeCodes::of_builtin(const clang::BuiltinType& type) const {
  const clang::QualType itself(&type, 0);
  switch (type.getKind()) {
    case clang::BuiltinType::Void:
      return "v";
    case clang::BuiltinType::Bool:
      return "b";
    case clang::BuiltinType::Char_S:
    case clang::BuiltinType::Char_U:
      return "c";
    case clang::BuiltinType::Float:
    case clang::BuiltinType::Double:
    case clang::BuiltinType::LongDouble:
      return sized('f', itself);
    case clang::BuiltinType::Int128:
    case clang::BuiltinType::UInt128:
      return other;
    default:
      if (!type.isInteger()) return other;
      return sized(type.isSignedInteger() ? 'i' : 'u', itself);
  }
}

std::string TypeCodes::of_pointee(clang::QualType type) {
  if (type->isFunctionType()) return "x";
  if (in_struct_ && type->isRecordType()) return other;
  return (type.isConstQualified() ? "k" : "") + code_of(type);
}

std::string TypeCodes::code_of(clang::QualType given) {
  const clang::QualType type = given.getCanonicalType();
  if (type->isDependentType() || type->isAtomicType()) return other;
  if (const auto* builtin = type->getAs<clang::BuiltinType>()) return of_builtin(*builtin);
  if (const auto* enumeration = type->getAsEnumDecl()) {
    const clang::QualType integer = enumeration->getIntegerType();
    return integer.isNull() ? other : code_of(integer);
  }
  if (const auto* complex = type->getAs<clang::ComplexType>())
    return complex->getElementType()->isRealFloatingType() ? sized('z', type) : other;
  if (type->isPointerType()) return "p" + of_pointee(type->getPointeeType());
  if (type->isReferenceType()) return "r" + of_pointee(type->getPointeeType());
  if (const auto* array = context_.getAsConstantArrayType(type))
    return "a" + std::to_string(array->getZExtSize()) + "," + code_of(array->getElementType());
  if (const clang::RecordDecl* record = type->getAsRecordDecl()) return of_record(*record);
  return other;
}

std::string TypeCodes::result_of(const clang::FunctionDecl& function) {
  const bool is_ordinary = function.getType()->castAs<clang::FunctionType>()->getCallConv() == clang::CC_C;
  return is_ordinary ? code_of(function.getReturnType()) : other;
}

std::string TypeCodes::of_record(const clang::RecordDecl& record) {
  if (const clang::TemplateArgument* component = component_of_std_complex(record)) {
    const std::string code = code_of(component->getAsType());
    return code == "f4" ? "z8" : code == "f8" ? "z16" : other;
  }
  if (!is_plain(record)) return other;
  const auto known = structs_.find(&record);
  if (known != structs_.end()) return known->second;
  const bool was_in_struct = std::exchange(in_struct_, true);
  const std::string fields = fields_of(record);
  in_struct_ = was_in_struct;
  std::string& code = structs_[&record];
  if (fields.empty()) return code = other;
  const clang::ASTRecordLayout& layout = context_.getASTRecordLayout(&record);
  lines_ += "struct\t" + name_of(record) + "\t" + std::to_string(layout.getSize().getQuantity()) + fields + "\n";
  return code = "s" + std::to_string(count_++);
}

// Empty when the structure is not plain.
std::string TypeCodes::fields_of(const clang::RecordDecl& record) {
  std::string text;
  clang::CharUnits end = clang::CharUnits::Zero(), alignment = clang::CharUnits::One();
  for (const clang::FieldDecl* field : record.fields()) {
    const clang::QualType type = field->getType();
    const std::string code = code_of(type);
    const clang::CharUnits place =
        context_.toCharUnitsFromBits(static_cast<std::int64_t>(context_.getFieldOffset(field)));
    const clang::CharUnits natural = context_.getTypeAlignInChars(type);
    if (field->isBitField() || !field->getIdentifier() || is_other(code) || place != end.alignTo(natural)) return {};
    end = place + context_.getTypeSizeInChars(type);
    alignment = std::max(alignment, natural);
    text += "\t" + code + " " + std::to_string(place.getQuantity()) + " " + field->getNameAsString();
  }
  return context_.getASTRecordLayout(&record).getSize() == end.alignTo(alignment) ? text : std::string();
}

}  // namespace dijitso::compilation

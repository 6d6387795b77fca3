"""Checks documents against docs/json-schema.json: the part of JSON Schema that it uses, and strictly: what is not described is wrong."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float)}


class Schema:
    def __init__(self, root):
        self.root = root

    def faults(self, value, schema, where="$"):
        """What is wrong with the value, as texts that begin with where."""
        found = []
        for word, rule in schema.items():
            if word in ("description", "required"):
                continue
            if word == "$ref":
                found += self.faults(value, self.resolve(rule), where)
            elif word == "oneOf":
                every = [self.faults(value, one, where) for one in rule]
                if every.count([]) != 1:
                    found.append("%s: fits %d of %d: %s" % (where, every.count([]), len(rule), min(every, key=len)))
            elif word == "const":
                found += [] if value == rule else ["%s: %r, not %r" % (where, value, rule)]
            elif word == "enum":
                found += [] if value in rule else ["%s: %r is none of %s" % (where, value, rule)]
            elif word == "type":
                found += self.wrong_type(value, rule, where)
            elif word == "pattern":
                found += [] if not isinstance(value, str) or re.search(rule, value) else ["%s: %r is not like %s" % (where, value, rule)]
            elif word == "minimum":
                found += ["%s: %r is below %r" % (where, value, rule)] if self.is_number(value) and value < rule else []
            elif word == "maximum":
                found += ["%s: %r is above %r" % (where, value, rule)] if self.is_number(value) and value > rule else []
            elif word == "items":
                if isinstance(value, list):
                    found += [fault for i, item in enumerate(value) for fault in self.faults(item, rule, "%s[%d]" % (where, i))]
            elif word not in ("properties", "additionalProperties"):
                raise ValueError("the schema uses %s, which is not known here" % word)
        if isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
            found += self.wrong_members(value, schema, where)
        return found

    def resolve(self, reference):
        place = self.root
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
        return place

    @staticmethod
    def is_number(value):
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    def wrong_type(self, value, names, where):
        names = names if isinstance(names, list) else [names]
        for name in names:
            if isinstance(value, TYPES[name]) and (name not in ("integer", "number") or self.is_number(value)):
                return []
        return ["%s: %r is no %s" % (where, value, " or ".join(names))]

    def wrong_members(self, value, schema, where):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", False)
        found = ["%s: has no %s" % (where, name) for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in known:
                found += self.faults(member, known[name], "%s.%s" % (where, name))
            elif others is False:
                found.append("%s: %s is not described" % (where, name))
            elif others is not True:
                found += self.faults(member, others, "%s.%s" % (where, name))
        return found

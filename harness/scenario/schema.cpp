// SPDX-License-Identifier: Apache-2.0
#include "scenario/schema.hpp"

#include <initializer_list>

#include <nlohmann/json.hpp>

#include "scenario/step_table.hpp"

namespace smtpspec::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const char* name) {
  return {{"$ref", std::string("#/$defs/") + name}};
}

Json any_of(std::initializer_list<Json> choices) {
  Json list = Json::array();
  for (const auto& choice : choices) list.push_back(choice);
  return {{"anyOf", std::move(list)}};
}

Json list_of(Json items, bool may_be_empty = true) {
  Json list{{"type", "array"}, {"items", std::move(items)}};
  if (!may_be_empty) list["minItems"] = 1;
  return list;
}

Json text() {
  return {{"type", "string"}};
}
Json integer() {
  return {{"type", "integer"}};
}
// "{column}" may stand for a value that is no string.
Json column() {
  return reference("column");
}
Json code_item() {
  return any_of({integer(), text()});
}
// Not anyOf: a validator then names the key that is wrong, not the whole table.
Json column_or(Json other) {
  return {{"if", text()}, {"then", column()}, {"else", std::move(other)}};
}
Json code() {
  return any_of({integer(), text(), list_of(code_item(), false)});
}

Json of_words(const Key& key) {
  return any_of({Json{{"enum", words_of(key)}}, column()});
}

Json of_shape(const Key& key) {
  switch (key.shape) {
    case Shape::text:
    case Shape::octets:
    case Shape::duration:
    case Shape::regex:
    case Shape::enhanced:
      return text();
    case Shape::texts:
    case Shape::octet_list:
      return any_of({text(), list_of(text())});
    case Shape::word:
      return of_words(key);
    case Shape::flag:
      return any_of({Json{{"type", "boolean"}}, column()});
    case Shape::integer:
      return any_of({integer(), column()});
    case Shape::number:
    case Shape::bounds:
    case Shape::collect:
    case Shape::repeat:
      return any_of({integer(), text()});
    case Shape::regexes:
      return any_of({Json{{"type", "object"}, {"additionalProperties", text()}}, column()});
    case Shape::code:
      return code();
    case Shape::replies:
      return any_of({integer(), text(), list_of(code_item())});
    case Shape::cut:
      return any_of({Json{{"const", "every octet"}}, list_of(any_of({integer(), column()})), column()});
    case Shape::auth:
      return {{"if", text()}, {"else", reference("auth")}};
    case Shape::expectation:
      return any_of({code(), reference("expectation")});
    case Shape::alternatives:
      return column_or(list_of(column_or(reference("alternative")), false));
    case Shape::steps:
      return column_or(list_of(column_or(reference("step")), false));
    case Shape::delivered:
      return column_or(reference("delivered"));
    case Shape::deliveries:
      return any_of({reference("delivered"), list_of(reference("delivered")), column()});
    case Shape::rule:
      return reference("rule");
    case Shape::rows:
      return list_of(reference("row"), false);
    case Shape::scenarios:
      break;
  }
  return list_of(reference("scenario"), false);
}

Json property(const Key& key) {
  Json made{{"description", key.meaning}};
  made.update(of_shape(key));
  return made;
}

// Adds a key; one that has another meaning elsewhere in the same table may have either form.
void add_property(Json& properties, const Key& key) {
  const std::string name(key.name);
  auto made = property(key);
  if (!properties.contains(name)) {
    properties[name] = std::move(made);
  } else if (properties[name] != made) {
    properties[name] = any_of({properties[name], std::move(made)});
  }
}

Json object(std::initializer_list<const Keys*> parts) {
  Json made{{"type", "object"},
            {"properties", Json::object()},
            {"required", Json::array()},
            {"additionalProperties", false}};
  for (const auto* part : parts) {
    for (const auto& key : *part) {
      add_property(made["properties"], key);
      if (key.required) made["required"].push_back(key.name);
    }
  }
  if (made["required"].empty()) made.erase("required");
  return made;
}

Json has_key(std::string_view name) {
  return {{"required", Json::array({name})}};
}

void add_names(Json& names, const Keys& keys) {
  for (const auto& key : keys) names.push_back(key.name);
}

// Other kinds that have this word as a key of theirs: `auth` beside `open` is no action.
Json owners_of(std::string_view word) {
  Json owners = Json::array();
  for (const auto& kind : step_kinds()) {
    for (const auto& extra : kind.extras) {
      if (extra.name == word) owners.push_back(has_key(kind.key.name));
    }
  }
  return owners;
}

// When a step has this action: its keys and no others, and the form of those that other kinds share by name.
Json rule_of_kind(const StepKind& kind) {
  Json when = has_key(kind.key.name);
  const auto owners = owners_of(kind.key.name);
  if (!owners.empty()) when["not"] = {{"anyOf", owners}};
  Json names = Json::array({kind.key.name});
  add_names(names, kind.extras);
  if (kind.answered) add_names(names, answer_keys());
  add_names(names, modifier_keys());
  Json then{{"propertyNames", {{"enum", names}}}, {"properties", Json::object()}};
  then["properties"][std::string(kind.key.name)] =
      kind.needs_value ? Json{{"const", true}} : of_shape(kind.key);
  for (const auto& extra : kind.extras) {
    then["properties"][std::string(extra.name)] = of_shape(extra);
    if (extra.required) then["required"].push_back(extra.name);
  }
  return {{"if", when}, {"then", then}};
}

Json rule_without_action() {
  Json actions = Json::array();
  for (const auto& kind : step_kinds()) actions.push_back(has_key(kind.key.name));
  Json names = Json::array();
  add_names(names, answer_keys());
  add_names(names, modifier_keys());
  Json answers = Json::array();
  for (const auto& key : answer_keys()) answers.push_back(has_key(key.name));
  return {{"if", {{"not", {{"anyOf", actions}}}}},
          {"then", {{"propertyNames", {{"enum", names}}}, {"anyOf", answers}}}};
}

Json step() {
  auto made = object({&answer_keys(), &modifier_keys()});
  Json actions = Json::object();
  for (const auto& kind : step_kinds()) add_property(actions, kind.key);
  for (const auto& kind : step_kinds()) {
    for (const auto& extra : kind.extras) add_property(actions, extra);
  }
  actions.update(made["properties"]);
  made["properties"] = std::move(actions);
  made["not"] = has_key(answer_keys()[0].name);
  made["not"]["required"].push_back(answer_keys()[1].name);
  made["allOf"] = Json::array();
  for (const auto& kind : step_kinds()) made["allOf"].push_back(rule_of_kind(kind));
  made["allOf"].push_back(rule_without_action());
  return made;
}

Json row() {
  auto made = object({&row_keys()});
  made.erase("additionalProperties");
  made["propertyNames"] = {{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}};
  return made;
}

Json scenario() {
  auto made = object({&scenario_keys(), &prelude_keys()});
  made["oneOf"] = Json::array({has_key("covers"), has_key("rule")});
  return made;
}

}  // namespace

std::string scenario_schema() {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "smtpspec scenario file"},
              {"description",
               "One TOML file of SMTP scenarios: dialogues with a server, and what its answers mean."}};
  schema.update(object({&file_keys()}));
  Json& definitions = schema["$defs"];
  definitions["column"] = {{"description", "the value of this column of the `each` row"},
                           {"type", "string"},
                           {"pattern", "^\\{[A-Za-z_][A-Za-z0-9_]*\\}$"}};
  definitions["scenario"] = scenario();
  definitions["row"] = row();
  definitions["rule"] = object({&rule_keys()});
  definitions["step"] = step();
  definitions["auth"] = object({&auth_keys()});
  definitions["expectation"] = object({&condition_keys(), &expectation_keys()});
  definitions["expectation"]["minProperties"] = 1;
  definitions["alternative"] = object({&condition_keys(), &alternative_keys()});
  definitions["delivered"] = object({&delivered_keys()});
  return schema.dump(2) + "\n";
}

}  // namespace smtpspec::scenario

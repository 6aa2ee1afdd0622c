// SPDX-License-Identifier: Apache-2.0
#include "target/target_schema.hpp"

#include <nlohmann/json.hpp>

#include "target/target_keys.hpp"

namespace smtpspec::target {
namespace {

using Json = nlohmann::ordered_json;

Json object(const std::vector<KeyFacts>& keys);

Json text() {
  return {{"type", "string"}};
}

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Json command() {
  Json words = list_of(text());
  words["minItems"] = 1;
  return words;
}

Json either(Json one, Json other) {
  return {{"anyOf", Json::array({std::move(one), std::move(other)})}};
}

Json of_form(const KeyFacts& key) {
  switch (key.form) {
    case KeyForm::text:
      return text();
    case KeyForm::flag:
      return {{"type", "boolean"}};
    case KeyForm::count:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", max_count}};
    case KeyForm::duration:
      return {{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m)$"}};
    case KeyForm::texts:
      return either(text(), list_of(text()));
    case KeyForm::command:
      return command();
    case KeyForm::commands:
      return either(command(), list_of(command()));
    case KeyForm::word:
      return {{"enum", key.words}};
    case KeyForm::address:
      return {{"type", "string"}, {"pattern", "^[^ <>\\r\\n]*$"}};
    case KeyForm::settings:
      return {{"type", "object"}, {"additionalProperties", text()}};
    case KeyForm::table:
      break;
  }
  return object(key.keys);
}

Json object(const std::vector<KeyFacts>& keys) {
  Json made{{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
  for (const KeyFacts& key : keys) {
    Json property{{"description", key.meaning}};
    property.update(of_form(key));
    made["properties"][std::string(key.name)] = std::move(property);
    if (key.required) made["required"].push_back(key.name);
  }
  return made;
}

}  // namespace

std::string target_schema() {
  Json schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "smtpspec target file"},
      {"description", "A mail server under test: how to start it, reach it and find what it delivers."}};
  schema.update(object(target_file_keys()));
  return schema.dump(2) + "\n";
}

}  // namespace smtpspec::target

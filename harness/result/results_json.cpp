// SPDX-License-Identifier: Apache-2.0
#include "result/results_json.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/display.hpp"
#include "result/stored_fields.hpp"

namespace smtpspec::result {
namespace {

using Json = nlohmann::ordered_json;
using base::Diagnostic;
using base::TranscriptEvent;
using Kind = TranscriptEvent::Kind;

std::string_view to_word(Kind kind) {
  return kind == Kind::sent ? "sent" : kind == Kind::received ? "received" : "note";
}

// --- Writing ---

template <typename T>
Json encode(const T& value);

class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& value) {
    object[key] = encode(value);
  }

  template <typename T>
  void optional(const char* key, const T& value) {
    if (!(value == T{})) object[key] = encode(value);
  }

  Json object = Json::object();
};

Json encode_text(std::string_view bytes) {
  return base::escape_for_display(bytes);
}
Json encode_value(const std::string& value) {
  return encode_text(value);
}
Json encode_value(Verdict value) {
  return base::to_string(value);
}
Json encode_value(Kind value) {
  return to_word(value);
}

template <typename T>
Json encode_value(const std::map<std::string, T>& value) {
  Json object = Json::object();
  for (const auto& [key, one] : value) object[base::escape_for_display(key)] = encode(one);
  return object;
}

template <typename T>
Json encode_value(const std::vector<T>& value) {
  Json array = Json::array();
  for (const auto& element : value) array.push_back(encode(element));
  return array;
}

template <typename T>
Json encode_value(const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return value;
  } else {
    Writer writer;
    describe(writer, value, static_cast<const T*>(nullptr));
    return std::move(writer.object);
  }
}

template <typename T>
Json encode(const T& value) {
  return encode_value(value);
}

Json timings_of(const CaseResult& result) {
  Json sessions = Json::array();
  for (const auto& session : result.sessions) {
    Json times = Json::array();
    for (const auto& event : session.events) times.push_back(event.at.count());
    sessions.push_back(std::move(times));
  }
  Json object = Json::object();
  object["id"] = encode_text(result.id);
  object["case_ns"] = result.duration.count();
  object["sessions_ns"] = std::move(sessions);
  return object;
}

template <typename Encode>
void put_array(const PutPiece& put, const std::vector<CaseResult>& cases, Encode encode_one) {
  put("[");
  for (std::size_t i = 0; i < cases.size(); ++i) put((i == 0 ? "\n" : ",\n") + encode_one(cases[i]));
  put(cases.empty() ? "]" : "\n]");
}

// --- Reading ---

// Member by member: GCC 12 takes nested braces around two strings for uninitialised memory.
Diagnostic problem_in(std::string file, std::string message, std::string hint) {
  Diagnostic problem;
  problem.position.file = std::move(file);
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  return problem;
}

/// Collects what is wrong, with the place as `cases[3].verdict`.
struct Problems {
  static constexpr std::size_t most =
      20;  // a file that is no results.json has as many problems as it has keys

  void add(const std::string& place, const std::string& message) {
    if (list.size() >= most) return;
    list.push_back(problem_in(file, fmt::format("'{}' {}", base::escape_for_display(place), message),
                              "results.json is written by `smtpspec run --report json:PATH`; its schema is "
                              "reports/schemas/results.schema.json"));
  }

  std::string file;
  std::vector<Diagnostic> list;
};

template <typename T>
void decode(const Json& json, T& value, const std::string& place, Problems& problems);

class Reader {
 public:
  Reader(const Json& object, const std::string& place, Problems& problems)
      : object_(object), place_(place), problems_(problems) {}

  template <typename T>
  void operator()(const char* key, T& value) {
    const auto place = place_.empty() ? key : place_ + "." + key;
    const auto found = object_.find(key);
    if (found == object_.end()) return problems_.add(place, "is missing");
    decode(*found, value, place, problems_);
  }

  template <typename T>
  void optional(const char* key, T& value) {
    if (object_.contains(key)) (*this)(key, value);
  }

 private:
  const Json& object_;
  const std::string& place_;
  Problems& problems_;
};

void decode_value(const Json& json, std::string& value, const std::string& place, Problems& problems) {
  if (!json.is_string()) return problems.add(place, "must be a string");
  auto text = base::unescape(json.get_ref<const std::string&>());
  if (!text.ok())
    return problems.add(place, fmt::format("has an unknown escape at octet {}", text.bad_offset));
  value = std::move(text.bytes);
}

void decode_value(const Json& json, bool& value, const std::string& place, Problems& problems) {
  if (!json.is_boolean()) return problems.add(place, "must be true or false");
  value = json.get<bool>();
}

void decode_value(const Json& json, Verdict& value, const std::string& place, Problems& problems) {
  const auto verdict = base::parse_verdict(json.is_string() ? json.get_ref<const std::string&>() : "");
  if (!verdict) {
    return problems.add(place,
                        "must be a verdict: pass, info, unsupported, warn, fail, blocked, crash or error");
  }
  value = *verdict;
}

void decode_value(const Json& json, Kind& value, const std::string& place, Problems& problems) {
  for (const auto kind : {Kind::sent, Kind::received, Kind::note}) {
    if (json.is_string() && json.get_ref<const std::string&>() == to_word(kind)) {
      value = kind;
      return;
    }
  }
  problems.add(place, "must be sent, received or note");
}

template <typename T>
void decode_value(const Json& json, std::map<std::string, T>& value, const std::string& place,
                  Problems& problems) {
  if (!json.is_object()) return problems.add(place, "must be an object");
  for (const auto& item : json.items()) {
    const auto key = base::unescape(item.key());
    if (!key.ok())
      problems.add(place, "has a key with an unknown escape");
    else
      decode(item.value(), value[key.bytes], place + "." + item.key(), problems);
  }
}

template <typename T>
void decode_value(const Json& json, std::vector<T>& value, const std::string& place, Problems& problems) {
  if (!json.is_array()) return problems.add(place, "must be an array");
  value.resize(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    decode(json[i], value[i], fmt::format("{}[{}]", place, i), problems);
  }
}

template <typename T>
void decode_integer(const Json& json, T& value, const std::string& place, Problems& problems) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > std::numeric_limits<T>::max()) {
    return problems.add(place, fmt::format("must be an integer from 0 to {}", std::numeric_limits<T>::max()));
  }
  value = json.get<T>();
}

template <typename T>
void decode_value(const Json& json, T& value, const std::string& place, Problems& problems) {
  if constexpr (std::is_integral_v<T>) {
    decode_integer(json, value, place, problems);
  } else {
    if (!json.is_object()) return problems.add(place, "must be an object");
    Reader reader(json, place, problems);
    describe(reader, value, static_cast<const T*>(nullptr));
  }
}

template <typename T>
void decode(const Json& json, T& value, const std::string& place, Problems& problems) {
  decode_value(json, value, place, problems);
}

void decode_time(const Json& json, std::chrono::nanoseconds& value, const std::string& place,
                 Problems& problems) {
  std::int64_t count = 0;
  decode_integer(json, count, place, problems);
  value = std::chrono::nanoseconds(count);
}

/// A member of an object; null when it isn't there, which the decoder then reports as the wrong type.
const Json& member(const Json& json, const char* key) {
  static const Json none;
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() ? *found : none;
}

void decode_session_times(const Json& json, Session& session, const std::string& place, Problems& problems) {
  if (!json.is_array() || json.size() != session.events.size()) {
    return problems.add(place,
                        fmt::format("must be an array of {} times, one an event", session.events.size()));
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    decode_time(json[i], session.events[i].at, fmt::format("{}[{}]", place, i), problems);
  }
}

void decode_case_times(const Json& json, CaseResult& result, const std::string& place, Problems& problems) {
  decode_time(member(json, "case_ns"), result.duration, place + ".case_ns", problems);
  const auto& sessions = member(json, "sessions_ns");
  if (!sessions.is_array() || sessions.size() != result.sessions.size()) {
    return problems.add(place + ".sessions_ns",
                        fmt::format("must be an array of {}, one a session", result.sessions.size()));
  }
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    decode_session_times(sessions[i], result.sessions[i], fmt::format("{}.sessions_ns[{}]", place, i),
                         problems);
  }
}

void decode_timings(const Json& json, Run& run, Problems& problems) {
  decode(member(json, "started"), run.started, "timings.started", problems);
  decode_time(member(json, "run_ns"), run.duration, "timings.run_ns", problems);
  const auto& cases = member(json, "cases");
  if (!cases.is_array() || cases.size() != run.cases.size()) {
    return problems.add("timings.cases", fmt::format("must be an array of {}, one a case", run.cases.size()));
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    decode_case_times(cases[i], run.cases[i], fmt::format("timings.cases[{}]", i), problems);
  }
}

Diagnostic syntax_error(std::string_view text, const std::string& name,
                        const nlohmann::json::parse_error& error) {
  const auto before = text.substr(0, std::min(error.byte == 0 ? 0 : error.byte - 1, text.size()));
  const auto line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  constexpr std::size_t widest_shown = 200;
  auto problem = problem_in(name, "this is not JSON: the file was cut short or changed by hand",
                            "make it again with `smtpspec run --report json:PATH`");
  problem.position.line = line;
  problem.position.column = static_cast<std::uint32_t>(before.size() - line_start + 1);
  problem.source_line = text.substr(line_start, text.find('\n', line_start) - line_start);
  if (problem.source_line.size() > widest_shown) problem.source_line.clear();
  return problem;
}

std::optional<Diagnostic> wrong_format(const Json& json, const std::string& name) {
  const auto& format = member(json, "format");
  if (format == results_format) return std::nullopt;
  if (format.is_number_unsigned() && format.get<std::uint64_t>() > results_format) {
    return problem_in(name,
                      fmt::format("this run is stored in format {}; this smtpspec reads format {}",
                                  format.dump(), results_format),
                      "read it with the version that wrote it, or a newer one");
  }
  return problem_in(
      name, fmt::format("this is JSON, but no results.json: the key 'format' is not {}", results_format),
      "name a file that `smtpspec run --report json:PATH` wrote");
}

base::Loaded<Run> decode_run(const Json& json, const std::string& name) {
  if (auto problem = wrong_format(json, name)) return std::move(*problem);
  Run run;
  Problems problems{name, {}};
  decode(json, run, "", problems);
  decode(member(json, "cases"), run.cases, "cases", problems);
  if (problems.list.empty()) decode_timings(member(json, "timings"), run, problems);
  if (!problems.list.empty()) return std::move(problems.list);
  return run;
}

Json encode_gate(const StoredGate& gate) {
  Json cases = Json::array();
  for (const auto& one : gate.cases) {
    Json object = Json::object();
    object["id"] = encode_text(one.id);
    object["red"] = one.red;
    object["delta"] = encode_text(one.delta);
    object["reason"] = encode_text(one.reason);
    cases.push_back(std::move(object));
  }
  Json object = Json::object();
  object["verdict"] = encode_text(gate.verdict);
  object["cases"] = std::move(cases);
  return object;
}

}  // namespace

std::string to_json(const Run& run) {
  return to_json(run, StoredGate{});
}

std::string to_json(const Run& run, const StoredGate& gate) {
  std::string text;
  put_json(run, gate, [&text](std::string_view piece) { text += piece; });
  return text;
}

void put_json(const Run& run, const StoredGate& gate, const PutPiece& put) {
  Writer head;
  head("format", results_format);
  describe(head, run, &run);
  if (!gate.verdict.empty()) head.object["gate"] = encode_gate(gate);
  auto text = head.object.dump(1);
  text.resize(text.size() - 2);  // without the last "\n}"
  put(text + ",\n \"cases\": ");
  put_array(put, run.cases, [](const CaseResult& result) { return encode(result).dump(1); });
  put(fmt::format(",\n \"timings\": {{\n  \"started\": {},\n  \"run_ns\": {},\n  \"cases\": ",
                  encode_text(run.started).dump(), run.duration.count()));
  put_array(put, run.cases, [](const CaseResult& result) { return timings_of(result).dump(); });
  put("\n }\n}\n");
}

base::Loaded<Run> parse_results(std::string_view text, const std::string& name) {
  try {
    return decode_run(Json::parse(text), name);
  } catch (const nlohmann::json::parse_error& error) {
    return syntax_error(text, name, error);
  } catch (const nlohmann::json::exception&) {  // a number past every range
    return problem_in(name, "a number in this file is too large", "make it again with `smtpspec run`");
  }
}

base::Loaded<Run> read_results(const std::filesystem::path& path) {
  constexpr std::uintmax_t max_bytes = 1024u * 1024 * 1024;
  const auto name = base::escape_for_display(path.native());
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return problem_in(name, "this is a folder", "name the results.json in it");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return problem_in(
        name, "this file can't be opened",
        "name a file that `smtpspec run --report json:PATH` wrote, and that this user may read");
  }
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > max_bytes)
    return problem_in(name, "this file is larger than 1 GiB", "that is no stored run");
  return parse_results(std::string{std::istreambuf_iterator<char>(in), {}}, name);
}

}  // namespace smtpspec::result

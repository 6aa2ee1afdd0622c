// SPDX-License-Identifier: Apache-2.0
#include "interop/corpus.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/id_pattern.hpp"
#include "base/toml_reader.hpp"
#include "interop/message_variables.hpp"
#include "scenario/reading.hpp"

namespace smtpspec::interop {
namespace {

using base::TomlReader;
using scenario::Template;

// Complete, so that nothing is missing that somebody might add.
constexpr std::string_view usual_fields =
    "From: Somebody <{sender}>\r\n"
    "To: {mailbox}\r\n"
    "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    "Message-ID: <{token}@{client.name}>\r\n"
    "Subject: {token}\r\n";

constexpr std::int64_t most_recipients = 1000;

Template parsed(std::string_view text) {
  return std::get<Template>(Template::parse(text));
}

/// Reads the tables of one file; goes on after a problem with a harmless value.
class CorpusReader {
 public:
  CorpusReader(const base::TomlDocument& document, const scenario::Catalogue& catalogue,
               std::filesystem::path messages, std::vector<base::Diagnostic>& problems)
      : document_(document),
        catalogue_(catalogue),
        problems_(problems),
        reading_(document, problems, remarks_),
        sample_(sample(std::move(messages))) {}

  Corpus read();

 private:
  static Addressing sample(std::filesystem::path messages) {
    Addressing addressing;
    addressing.recipient = "user+{token}@b.example";
    addressing.sender = "user+{token}@a.example";
    addressing.messages = std::move(messages);
    return addressing;
  }

  Message read_message(const toml::table& table);
  void read_content(TomlReader& reader, Message& message);
  void read_envelope(TomlReader& reader, Message& message);
  void read_verdicts(TomlReader& reader, Message& message);
  std::optional<Carried> read_carried(TomlReader& reader);
  Template text(TomlReader& reader, std::string_view key, std::string_view otherwise = {});
  std::vector<std::string> requirements(TomlReader& reader, std::string_view key,
                                        std::vector<std::string> otherwise);
  void add_source_lines(Corpus& corpus) const;

  const base::TomlDocument& document_;
  const scenario::Catalogue& catalogue_;
  std::vector<base::Diagnostic>& problems_;
  std::vector<base::Diagnostic> remarks_;
  scenario::Reading reading_;
  const Addressing sample_;
};

// A template is tried out at once, so that a variable or file that isn't there is pointed at.
Template CorpusReader::text(TomlReader& reader, std::string_view key, std::string_view otherwise) {
  const auto* node = reader.node(key);
  if (!node) return parsed(otherwise);
  auto read = reading_.octets(*node);
  const auto tried = read.evaluate(variables_of(sample_));
  if (!tried.ok()) {
    reader.problem(key, tried.problem,
                   fmt::format("a message knows {}, and {{file(\"NAME\")}} of this folder",
                               fmt::join(message_variable_names(), ", ")));
  }
  return read;
}

std::vector<std::string> CorpusReader::requirements(TomlReader& reader, std::string_view key,
                                                    std::vector<std::string> otherwise) {
  auto ids = reader.strings(key).value_or(std::move(otherwise));
  for (const auto& id : ids) {
    if (catalogue_.find(id)) continue;
    const auto near = catalogue_.nearest(id);
    reader.problem(key, fmt::format("no requirement '{}' is in the catalogue", id),
                   near.empty() ? "" : "did you mean " + near + "?");
  }
  return ids;
}

void CorpusReader::read_content(TomlReader& reader, Message& message) {
  const bool whole = reader.has("content");
  message.content = text(reader, "content");
  const auto fields = text(reader, "fields");
  const auto body = text(reader, "body", "text\r\n");
  if (whole) {
    for (const char* key : {"fields", "body"}) {
      if (reader.has(key))
        reader.problem(key, fmt::format("'{}' has no place beside 'content', which is all of it", key));
    }
    return;
  }
  message.content = parsed(usual_fields);
  message.content.append(fields);
  message.content.append(parsed("\r\n"));
  message.content.append(body);
}

void CorpusReader::read_envelope(TomlReader& reader, Message& message) {
  message.sender = text(reader, "sender", "{sender}");
  const auto recipients = reader.integer("recipients").value_or(1);
  if (recipients < 1 || recipients > most_recipients)
    reader.problem("recipients", fmt::format("a message has 1 to {} recipients", most_recipients));
  else
    message.recipients = static_cast<std::size_t>(recipients);
  message.recipient_tail = text(reader, "recipient_tail");
  message.mail_parameters = text(reader, "mail_parameters");
  message.recipient_parameters = text(reader, "recipient_parameters");
  message.needs = reader.strings("needs").value_or(std::vector<std::string>{});
}

std::optional<Carried> CorpusReader::read_carried(TomlReader& reader) {
  const auto* table = reader.table("carried");
  if (!table) return std::nullopt;
  TomlReader inner(document_, *table, "'carried'", problems_);
  Carried carried;
  carried.keyword = inner.required_string("keyword");
  carried.text = inner.required_string("text");
  carried.requirements = requirements(inner, "covers", {});
  inner.finish();
  return carried;
}

void CorpusReader::read_verdicts(TomlReader& reader, Message& message) {
  message.judged = reader.boolean("judged").value_or(true);
  if (!message.judged && message.why.empty())
    reader.problem("judged",
                   "a message that is not judged says in 'why' what is wrong with it, or left open");
  message.must_be_taken = reader.boolean("must_be_taken").value_or(false);
  // RFC 5321 3.6.3 and 4.5.2: a relay leaves a message alone, and ASCII reaches the mailbox as it is.
  message.of_sender = requirements(reader, "of_sender", {"R5321-3.6.3-e"});
  message.of_receiver = requirements(reader, "of_receiver", {"R5321-4.5.2-d"});
  message.carried = read_carried(reader);
}

Message CorpusReader::read_message(const toml::table& table) {
  TomlReader reader(document_, table, "a message", problems_);
  Message message;
  message.position = reader.position();
  message.id = reader.required_string("id");
  if (!message.id.empty() && !scenario::is_id(message.id))
    reader.problem("id", "an id is lower-case words joined by '-'");
  message.title = reader.required_string("title");
  message.why = reader.string("why").value_or("");
  read_content(reader, message);
  read_envelope(reader, message);
  read_verdicts(reader, message);
  reader.finish();
  return message;
}

// From its header to the last line before the next that says something.
void CorpusReader::add_source_lines(Corpus& corpus) const {
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    const std::size_t end = i + 1 < corpus.size() ? corpus[i + 1].position.line : document_.line_count() + 1;
    auto& lines = corpus[i].source_lines;
    for (std::size_t at = corpus[i].position.line; at < end; ++at) lines.push_back(document_.line(at));
    while (!lines.empty() && (lines.back().empty() || lines.back().starts_with("#"))) lines.pop_back();
  }
}

Corpus CorpusReader::read() {
  Corpus corpus;
  TomlReader root(document_, document_.root(), "the list of messages", problems_);
  const auto* tables = root.array("message");
  if (!tables || tables->empty()) root.problem("message", "there is no [[message]]");
  std::set<std::string> ids;
  for (std::size_t i = 0; tables && i < tables->size(); ++i) {
    const auto* table = tables->get(i)->as_table();
    if (!table) {
      root.problem_at(*tables->get(i), "a message is a table");
      continue;
    }
    corpus.push_back(read_message(*table));
    if (!ids.insert(corpus.back().id).second)
      root.problem_at(*table, fmt::format("two messages are called '{}'", corpus.back().id));
  }
  root.finish();
  add_source_lines(corpus);
  return corpus;
}

}  // namespace

base::Loaded<Corpus> load_corpus(const std::filesystem::path& path, const scenario::Catalogue& catalogue) {
  const auto document = base::TomlDocument::read(path);
  if (!document) return document.problems();
  std::vector<base::Diagnostic> problems;
  auto corpus = CorpusReader(*document, catalogue, path.parent_path(), problems).read();
  if (!problems.empty()) return problems;
  return corpus;
}

ChosenMessages choose_messages(const Corpus& corpus, const std::vector<std::string>& words) {
  ChosenMessages chosen;
  std::set<std::string> met;
  for (const auto& message : corpus) {
    bool wanted = words.empty();
    for (const auto& word : words) {
      if (!base::selects(word, message.id)) continue;
      wanted = true;
      met.insert(word);
    }
    if (wanted) chosen.messages.push_back(&message);
  }
  std::copy_if(words.begin(), words.end(), std::back_inserter(chosen.unmatched),
               [&](const std::string& word) { return !met.contains(word); });
  return chosen;
}

}  // namespace smtpspec::interop

// SPDX-License-Identifier: Apache-2.0
#include "report/stable.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <re2/re2.h>

namespace smtpspec::report {
namespace {

using base::TranscriptEvent;
using result::CaseResult;
using result::Run;
using result::Session;
using Kind = TranscriptEvent::Kind;

/// A pattern over octets and what stands in place of what it matches.
class Mask {
 public:
  Mask(const std::string& pattern, std::string rewrite)
      : pattern_(std::make_unique<RE2>(pattern, RE2::Latin1)), rewrite_(std::move(rewrite)) {}
  void apply(std::string& text) const { RE2::GlobalReplace(&text, *pattern_, rewrite_); }

 private:
  std::unique_ptr<RE2> pattern_;
  std::string rewrite_;
};

// What servers of the usual kinds write differently each time, in replies, trace fields and logs.
const std::vector<Mask>& text_masks() {
  static const std::vector<Mask> masks = [] {
    const std::string day = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    const std::string month = " (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ";
    const std::string clock = R"(\d\d:\d\d:\d\d(?:\.\d+)?)";
    const std::string zone = R"((?: ?[+-]\d{4})?(?: \([A-Z]+\)| [A-Z]{3,4}\b)?)";
    std::vector<Mask> list;
    list.emplace_back(R"((/tmp|/var/tmp|/run)/[A-Za-z0-9][A-Za-z0-9._-]*)", "{dir}");
    list.emplace_back("(?:" + day + R"(, +)?\d{1,2})" + month + R"(\d{4} )" + clock + zone, "{date}");
    list.emplace_back(day + month + R"([ \d]\d )" + clock + R"((?: [A-Z]{3,4})? \d{4})", "{date}");
    list.emplace_back("(^|[^A-Za-z])" + month.substr(1) + R"([ \d]\d )" + clock, R"(\1{date})");
    list.emplace_back(R"(\b\d{4}-\d\d-\d\d[T ])" + clock + R"((?:Z| ?[+-]\d\d:?\d\d)?)", "{date}");
    list.emplace_back(R"(\b(127(?:\.\d+){3}\]?|\[?::1\]?|localhost):\d{2,5}\b)", R"(\1:{port})");
    list.emplace_back(R"(\[\d+\]: )", "[{pid}]: ");
    list.emplace_back(R"((\[\{pid\}\]: )[0-9A-F]{6,}\b)", R"(\1{id})");
    list.emplace_back(R"((queued as |[Qq]ueue-?[Ii][Dd][=:] ?|\bids?[= ])[0-9A-Za-z.-]{6,})", R"(\1{id})");
    list.emplace_back(R"(\b[0-9A-Za-z]{8,}( Message accepted))", R"({id}\1)");
    list.emplace_back(R"(\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}\b)", "{id}");
    list.emplace_back(R"(\b(Message )m[0-9a-f]{6,}\b)", R"(\1{id})");
    list.emplace_back(R"((?i)(message-id: *)<[^>\r\n]*>)", R"(\1<{id}>)");
    list.emplace_back(R"(\b(delays?=)[0-9./]+)", R"(\1{time})");
    list.emplace_back(R"((?m)(^334 )[A-Za-z0-9+/=]{8,})", R"(\1{challenge})");
    list.emplace_back(R"((AUTH SCRAM-\S+ )[A-Za-z0-9+/=]+)", R"(\1{response})");
    list.emplace_back(R"((AUTH (?:PLAIN|LOGIN) )[A-Za-z0-9+/]{22,}={0,2})", R"(\1{response})");
    list.emplace_back(R"(^[A-Za-z0-9+/]{22,}={0,2}\r\n$)", "{response}\r\n");
    return list;
  }();
  return masks;
}

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Applies the masks to every text of a run in which the target, the engine or the clock had a hand.
class Stabilizer {
 public:
  explicit Stabilizer(const Run& run) {
    add_port(run.target.address);
    for (const auto& result : run.cases) {
      for (auto& spelling : spellings_of(result.token)) tokens_.push_back(std::move(spelling));
      for (const auto& session : result.sessions) add_port(session.endpoint);
    }
    for (const auto& port : ports_) port_masks_.emplace_back(":" + port + R"(\b)", ":{port}");
  }

  void apply(Run& run) {
    run.started = "1970-01-01T00:00:00Z";  // still a date, for readers that want one
    run.duration = {};
    if (run.options.count("seed") > 0) run.options["seed"] = "{seed}";
    auto& target = run.target;
    for (auto* text : {&target.banner, &target.address, &target.argument}) mask(*text, tokens_);
    for (auto& line : target.ehlo) mask(line, tokens_);
    for (auto& result : run.cases) apply(result);
  }

 private:
  static constexpr std::size_t shortest_token = 4;

  // A scenario may send its mailbox in capitals.
  static std::vector<std::string> spellings_of(const std::string& token) {
    if (token.size() < shortest_token) return {};
    auto capitals = token;
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return {token, capitals};
  }

  void add_port(const std::string& address) {
    static const RE2 port(R"(:(\d{1,5})(?:/.*)?$)");
    std::string found;
    if (RE2::PartialMatch(address, port, &found)) ports_.insert(found);
  }

  void mask(std::string& text, const std::vector<std::string>& tokens) const {
    for (const auto& token : tokens) replace_all(text, token, "{token}");
    for (const auto& port : port_masks_) port.apply(text);
    for (const auto& one : text_masks()) one.apply(text);
  }

  // Besides, times that the engine measured; not on bytes from the wire, where they are the target's own
  // words.
  void mask_sentence(std::string& text, const std::vector<std::string>& tokens) const {
    static const Mask counted(R"(\bin \d+ of \d+ replies\b)", "in {count} of {count} replies");
    static const Mask measured(R"(\b\d+(?:\.\d+)? ?(ms|s|seconds)\b)", R"({time} \1)");
    mask(text, tokens);
    measured.apply(text);
    counted.apply(text);
  }

  void apply(CaseResult& result) const {
    // An invariant's places come from the dialogues of all cases.
    auto tokens = spellings_of(result.token);
    if (tokens.empty()) tokens = tokens_;
    result.duration = {};
    // How many replies a run saw hangs on retries and on how it was shared out.
    result.looked_at = result.broken = 0;
    if (!result.token.empty()) result.token = "{token}";
    mask_sentence(result.reason, tokens);
    mask(result.outcome, tokens);
    mask(result.server_log, tokens);
    for (auto& message : result.delivered) mask(message, tokens);
    for (auto& finding : result.findings) {
      for (auto* text : {&finding.expected, &finding.outcome}) mask(*text, tokens);
      for (auto* text : {&finding.message, &finding.actual}) mask_sentence(*text, tokens);
    }
    for (auto& session : result.sessions) {
      join_received(session, result.findings);
      apply(session, tokens);
    }
  }

  // A token that was sent in pieces: its octets, wherever they stand in a run of sent events.
  static void cover_split_token(Session& session, const std::string& token) {
    auto& events = session.events;
    for (std::size_t first = 0, last = 0; first < events.size(); first = std::max(last, first + 1)) {
      std::string sent;
      for (last = first; last < events.size() && events[last].kind == Kind::sent; ++last)
        sent += events[last].bytes;
      if (last - first < 2 || sent.find(token) == std::string::npos) continue;
      std::string covered = sent;
      replace_all(covered, token, std::string(token.size(), '#'));
      for (std::size_t i = first, at = 0; i < last; at += events[i++].bytes.size()) {
        // Whole tokens are left to the mask.
        if (events[i].bytes.find(token) == std::string::npos)
          events[i].bytes = covered.substr(at, events[i].bytes.size());
      }
    }
  }

  void apply(Session& session, const std::vector<std::string>& tokens) const {
    mask(session.endpoint, tokens);
    for (const auto& token : tokens) cover_split_token(session, token);
    for (auto& event : session.events) {
      event.at = {};
      if (event.kind == Kind::note)
        mask_sentence(event.bytes, tokens);
      else
        mask(event.bytes, tokens);
    }
  }

  // How many reads the replies took is the network's doing, and so is whether a step found the next one read
  // already: a step that began between two reads begins behind both, as if they had been one.
  static void join_received(Session& session, std::vector<result::Finding>& findings) {
    std::vector<TranscriptEvent> joined;
    std::vector<std::size_t> holder;  // by old index: where the event is now
    std::vector<std::size_t> begins;  // by old index: where a step that began with it begins now
    for (auto& event : session.events) {
      const bool continues = !joined.empty() && event.kind == Kind::received &&
                             joined.back().kind == Kind::received &&
                             joined.back().encrypted == event.encrypted;
      begins.push_back(joined.size());
      if (continues)
        joined.back().bytes += event.bytes;
      else
        joined.push_back(std::move(event));
      holder.push_back(joined.size() - 1);
    }
    const auto moved = [&](const std::vector<std::size_t>& places, std::size_t index) {
      return index < places.size() ? places[index] : joined.size();
    };
    for (auto& step : session.steps) step.event = moved(begins, step.event);
    for (auto& finding : findings) {
      // A number of events, not an index: the one before it is what moves.
      if (finding.session == session.name && finding.event > 0)
        finding.event = moved(holder, finding.event - 1) + 1;
    }
    session.events = std::move(joined);
  }

  std::set<std::string> ports_;
  std::vector<std::string> tokens_;
  std::vector<Mask> port_masks_;
};

}  // namespace

Run stable(Run run) {
  Stabilizer(run).apply(run);
  return run;
}

}  // namespace smtpspec::report

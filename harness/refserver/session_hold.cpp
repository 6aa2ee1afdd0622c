// SPDX-License-Identifier: Apache-2.0
// Commands and messages that wait until their owner has them answered, or has answered them.
#include <utility>

#include "refserver/session.hpp"

namespace smtpspec::refserver {

namespace {

// The one code after which a client goes on as if the command had been done.
bool has_succeeded(const std::string& verb, int code) {
  if (verb == "DATA") return code == 354;
  if (verb == "AUTH") return code == 235 || code == 334;
  if (verb == "STARTTLS") return code == 220;
  return code / 100 == 2;
}

}  // namespace

void Session::hold_at(HoldPoint point) {
  hold_ = std::move(point);
  keeps_wire_ = true;
}

bool Session::hold_command(std::string_view text, smtp::Ending ending) {
  const auto command = smtp::parse_command(smtp::LineView{text, ending});
  // The answer to BDAT comes after its octets.
  if (command.verb == "BDAT" || !hold_.covers(command.verb)) return false;
  const smtp::Line line{std::string(text), ending};
  held_ = Held{Held::Kind::command, command.verb, line, line.raw(), {}};
  then_ = Turn::Then::held;
  return true;
}

bool Session::hold_content() {
  if (!hold_.content) return false;
  held_ = Held{Held::Kind::content, ".", {}, std::exchange(wire_, {}), content_->content()};
  then_ = Turn::Then::held;
  return true;
}

bool Session::hold_chunk() {
  const bool ends_message = chunk_.last && hold_.content;
  if (!ends_message && !hold_.covers("BDAT")) return false;
  std::string content = transaction_ ? transaction_->chunks + chunk_octets_ : chunk_octets_;
  held_ = Held{ends_message ? Held::Kind::content : Held::Kind::command, "BDAT", chunk_line_,
               chunk_line_.raw() + chunk_octets_, std::move(content)};
  then_ = Turn::Then::held;
  return true;
}

Turn Session::answer_held() {
  hold_ = {};
  then_ = Turn::Then::read;
  const Held held = *std::exchange(held_, std::nullopt);
  const bool is_content = held.kind == Held::Kind::content && held.verb == ".";
  if (is_content) {
    end_content();
  } else if (held.verb == "BDAT") {
    end_chunk();
  } else {
    take_command(held.line.text, held.line.ending);
  }
  return finish_turn();
}

Turn Session::held_was_answered(int code) {
  const std::string verb = held_->verb;
  const bool is_content = held_->kind == Held::Kind::content;
  if (has_succeeded(verb, code)) {
    Turn turn = answer_held();
    turn.output.clear();
    return turn;
  }
  held_.reset();
  then_ = Turn::Then::read;
  if (is_content || verb == "BDAT") give_up_message();
  return {};
}

void Session::give_up_message() {
  mode_ = Mode::commands;
  content_.reset();
  content_before_.clear();
  std::string().swap(wire_);
  std::string().swap(chunk_octets_);
  transaction_.reset();
}

}  // namespace smtpspec::refserver

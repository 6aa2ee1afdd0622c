// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/hop_session.hpp"
#include "engine/run_context.hpp"
#include "engine/session.hpp"
#include "result/model.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// One session of a case together with what the report will tell of it.
struct Dialogue {
  std::string name;      ///< "" the first
  std::size_t nth = 1;   ///< of this name: a client may connect again and again
  std::string endpoint;  ///< URL
  std::string client;
  Session::ReplyObserver on_reply;
  bool authenticates = false;       ///< after EHLO already, at a target that takes no mail without AUTH
  std::optional<Session> session;   ///< nothing when the connection failed, or the target is the client
  std::shared_ptr<HopSession> hop;  ///< the target's connection to our server
  Event heard;                      ///< by the last step of our server
  bool heard_something = false;     ///< and nobody has judged it
  std::vector<result::StepMark> marks;
  std::vector<Event> collection;  ///< of the last `collect`, until something else is sent
  bool collected = false;
  std::optional<bool> handshake;  ///< how the last handshake ended
  bool said_in_part = false;      ///< the target did not read all that we said last, in time
  bool silence_stood = false;     ///< a silence of the target was judged; an answer may still be on its way

  /// Notes that a step begins at this place of the transcript.
  void mark(std::uint32_t line, std::string title);

  /// What the report calls it: "hop", and "hop.2" the second of that name.
  std::string recorded_name() const;

  /// Null while there is none.
  wire::Connection* connection();

  /// The finished record. Call once, at the end.
  result::Session take_record();
};

/// Why a session could not be brought to where a scenario begins. Never a failure of the scenario.
struct PreludeFailure {
  enum class Kind {
    no_connection,  ///< refused, unreachable, or nothing within the deadline
    silence,        ///< connected, and no answer to something
    temporary,      ///< 4yz: worth another try
    refused,        ///< 5yz or another code that was not asked for
    closed,         ///< the stream ended
    tls,            ///< the handshake failed
    ours,           ///< the scenario or target file is at fault
  };
  Kind kind = Kind::refused;
  std::string stage;  ///< "greeting", "EHLO", "RCPT"
  std::string what;   ///< in words, with the octets of an answer
};

/// Nothing when the session stands where the prelude should lead.
using PreludeOutcome = std::optional<PreludeFailure>;

/// Connects and speaks the prelude. The dialogue is filled as far as it came, whatever the outcome.
wire::Task<PreludeOutcome> open_dialogue(RunContext& context, Scope& scope, const scenario::Prelude& prelude,
                                         std::string on, Dialogue& dialogue);

/// How a closing ended.
struct Closing {
  std::size_t surplus_replies = 0;  ///< replies that no command asked for
  std::string surplus;              ///< the first of them
  bool silent = false;              ///< no answer to QUIT
  int quit_code = 0;                ///< 0: the stream had ended before
  bool closed = false;              ///< the stream ended after the 221
};

/// Ends a session that is still open by QUIT, its reply and the end of the stream, counting replies.
wire::Task<Closing> close_dialogue(RunContext& context, Dialogue& dialogue);

std::string describe(const PreludeFailure& failure);

/// True for what a target does that has died, or is about to.
bool looks_like_death(PreludeFailure::Kind kind);

}  // namespace smtpspec::engine

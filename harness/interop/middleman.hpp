// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "interop/tap.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::interop {

/// A transfer with the dialogue in which it stood.
struct SeenTransfer {
  Transfer transfer;
  result::Session dialogue;
};

/// Stands where a server sends its mail, and passes all octets on to another server and back. What was said
/// is kept. Which server that is changes from round to round.
class Middleman {
 public:
  explicit Middleman(wire::EventLoop& loop);
  ~Middleman();
  Middleman(const Middleman&) = delete;
  Middleman& operator=(const Middleman&) = delete;

  /// Listens. "" or why it can't.
  std::string listen(const wire::Endpoint& at);

  /// From here on connections lead there, as from this address of ours. Those that are open are ended:
  /// a sender that keeps one to use it again would come to the wrong server.
  void lead_to(wire::Endpoint receiver, std::string source_address);

  /// Ends what is open. At the end of a round: whoever would use a connection again has time to see it.
  void end_connections();

  /// Which round it is: how often lead_to() was called.
  std::size_t round() const;

  /// All transfers of a round of which a recipient has this word in its address, in their order.
  std::vector<SeenTransfer> transfers_to(std::string_view word, std::size_t round) const;

  /// What the receiver last said, in this round, of mail for an address with this word in it.
  struct Progress {
    bool refused = false;   ///< 5yz to the mail or to a recipient
    bool deferred = false;  ///< 4yz, or it ended the connection without a word
    bool owed = false;      ///< its word on the content, or the end of the connection, is still to come
  };
  Progress progress_of(std::string_view word) const;

  /// Why connections came to nothing: the last time, for a person. Empty when none did.
  const std::string& trouble() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace smtpspec::interop

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "result/model.hpp"

/// What a target offers, as its expectation file says it and as a run shows it.
namespace smtpspec::gate {

/// The keys of `[offers]`: each way into a target before and in TLS and after AUTH, and the target's own
/// file.
const std::vector<std::string>& places_of_offers();

/// True where what a case lacks is among them. AUTH alone is offered by each of its mechanisms, a way by
/// having a list, be it empty.
bool offers(const result::Offers& all, const result::Lack& lack);

/// Each of `wanted` that `seen` has not. Of a place that `seen` does not know nothing is said.
std::vector<result::Lack> not_in(const result::Offers& seen, const result::Offers& wanted);

/// What every run that knows a place shows there.
result::Offers offered_by_all(const std::vector<result::Run>& runs);

/// A case that its file says could be asked, and that the target offers too little for.
bool is_no_longer_offered(const result::CaseResult& result, const result::Offers& all);

/// The target took no message of this case, which an expectation file with `[offers]` must know of: else a
/// target that no longer takes any would be green.
bool is_refused_message(const result::CaseResult& result, const result::Offers& all);

/// "STARTTLS (smtp)", "mailbox (target)", "lmtp".
std::string words_of(const result::Lack& lack);
std::string words_of(const std::vector<result::Lack>& lacks);

}  // namespace smtpspec::gate

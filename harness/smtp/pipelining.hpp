// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace smtpspec::smtp {

/// What a client sends in one go, item by item.
enum class PipelineItem {
  mail,
  rcpt,
  rset,
  send,  ///< may stand anywhere (SEND, SOML, SAML as well)
  ehlo,
  helo,
  lhlo,
  data,
  vrfy,
  expn,
  noop,
  quit,
  turn,
  help,
  starttls,
  auth,           ///< needs a further exchange, or may need one
  auth_one_step,  ///< AUTH with an initial response and a mechanism that needs no more (PLAIN, EXTERNAL)
  auth_answer,    ///< the client's answer to a 334
  content,        ///< the message after 354, its end included
  bdat,
  bdat_last,  ///< with their chunk
  burl,
  burl_last,
  other,  ///< a command of another extension, or unknown
};

/// The item that a command line stands for; content and answers to 334 are for the caller to know.
PipelineItem pipeline_item(std::string_view command_line);

enum class PipelineLegality {
  legal,
  disputed,  ///< done in practice or left unsaid by the RFCs: a server that refuses it can't be blamed
  illegal,
};

enum class PipelineFault {
  none,
  must_be_last,         ///< RFC 2920 3.1, RFC 3207 section 4, RFC 4954 section 4
  content_before_354,   ///< RFC 5321 4.1.1.4: content waits for the 354
  answer_before_334,    ///< RFC 4954 section 4
  bdat_before_replies,  ///< RFC 3030 section 2: after all replies to MAIL and RCPT are processed
  command_after_chunk,  ///< RFC 2920 3.1 names content, RFC 3030 only chunks
};

std::string_view to_string(PipelineFault fault);

/// Whether a group may be sent at once to a server that offers PIPELINING, and what breaks it.
struct PipelineVerdict {
  PipelineLegality legality = PipelineLegality::legal;
  PipelineFault fault = PipelineFault::none;
  std::size_t index = 0;  ///< of the item that breaks it, counted from 0; the worst, and of those the first

  bool is_legal() const { return legality == PipelineLegality::legal; }
};

PipelineVerdict check_pipeline(const std::vector<PipelineItem>& group);

}  // namespace smtpspec::smtp

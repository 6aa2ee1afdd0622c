// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::refserver {

// What a broken server may do to the content of a message that it then delivers (ContentBehaviour::alter).

std::string lose_last_crlf(std::string content);
std::string strip_eighth_bit(std::string content);
std::string cut_lines_at_nul(std::string content);     ///< the rest of the line is lost
std::string fold_long_lines(std::string content);      ///< a CRLF after every 200 octets of a line
std::string cut_long_lines(std::string content);       ///< what exceeds 500 octets of a line is lost
std::string trim_lines(std::string content);           ///< spaces and tabs at the end of lines are lost
std::string quote_from_lines(std::string content);     ///< `From ` becomes `>From `, and nothing tells
std::string squeeze_empty_lines(std::string content);  ///< of several in a row one stays
std::string double_dots(std::string content);          ///< a dot at the start of a line is doubled
std::string lose_second_half(std::string content);
std::string lose_octet_after_stray_end(std::string content);
std::string expand_tabs(std::string content);

}  // namespace smtpspec::refserver

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::sender {

// What defects do to content before it is sent.

std::string strip_eighth_bit(std::string content);
std::string fold_long_lines(std::string content);  ///< a CRLF after every 200 octets of a line
std::string cut_long_lines(std::string content);   ///< at 500 octets
std::string trim_lines(std::string content);
std::string quote_from_lines(std::string content);
std::string cut_at_dot_line(std::string content);  ///< as a program that reads its standard input may do
std::string cut_at_nul(std::string content);       ///< as a program whose strings end there may do
std::string add_header_field(std::string content);
std::string add_return_path(std::string content);
std::string remove_received(std::string content);
std::string remove_bcc(std::string content);
std::string unfold_header(std::string content);
std::string add_empty_line(std::string content);  ///< at the end

}  // namespace smtpspec::sender

// SPDX-License-Identifier: Apache-2.0
#include "engine/scope.hpp"

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace smtpspec::engine {
namespace {

using scenario::Value;

constexpr std::string_view token_hole = "{token}";
constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz0123456789";

// SplitMix64 (Steele, Lea and Flood 2014): neighbouring numbers give tokens that have nothing in common.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return std::string(at == std::string_view::npos ? std::string_view{} : address.substr(at + 1));
}

std::string local_part_of(std::string_view address) {
  return std::string(address.substr(0, address.rfind('@')));
}

// "18874368" is a number to reckon with; "PLAIN LOGIN" is text.
Value number_or_text(std::string text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
  return text;
}

}  // namespace

CaseToken::CaseToken(std::uint64_t run_seed, std::uint64_t number) {
  std::uint64_t bits = mix(run_seed ^ mix(number));
  for (int i = 0; i < 10; ++i) {
    stem_ += alphabet[bits % alphabet.size()];
    bits /= alphabet.size();
  }
}

std::string CaseToken::of_mailbox(std::size_t index) const {
  return fmt::format("{}m{:04}", stem_, index);
}

std::string CaseToken::of_fence(std::size_t index) const {
  return fmt::format("{}f{:04}", stem_, index);
}

std::optional<std::size_t> mailbox_index(std::string_view word) {
  constexpr std::array<std::string_view, 5> words{"", "second", "third", "fourth", "fifth"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return i;
  }
  std::size_t number = 0;
  const auto* end = word.data() + word.size();
  const auto parsed = std::from_chars(word.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number == 0) return std::nullopt;
  return number - 1;
}

std::optional<CaseMailbox> case_mailbox(std::string_view word) {
  constexpr std::string_view relay = "relay";
  const bool at_next_hop = word == relay || word.starts_with("relay.");
  if (at_next_hop) word.remove_prefix(std::min(word.size(), relay.size() + 1));
  const auto index = mailbox_index(word);
  return index ? std::optional(CaseMailbox{*index, at_next_hop}) : std::nullopt;
}

Scope::Scope(const target::Target& target, CaseToken token, std::filesystem::path messages)
    : target_(target),
      token_(std::move(token)),
      messages_(std::move(messages)),
      variables_([this](std::string_view name) { return look_up(name); }) {}

std::string Scope::mailbox(std::size_t index) const {
  return fill_token(target_.recipient, token_.of_mailbox(index));
}

std::string Scope::relay_mailbox(std::size_t index) const {
  return fmt::format("user+{}@{}", token_.of_mailbox(index), target_.relay_domain);
}

std::string Scope::sender() const {
  return fmt::format("sender+{}@{}", token_.stem(), target_.ehlo);
}

std::optional<Value> Scope::look_up_mailbox(std::string_view name) const {
  if (name == "mailbox") return mailbox(0);
  if (name.starts_with("mailbox.")) {
    const auto index = mailbox_index(name.substr(8));
    return index ? std::optional<Value>(mailbox(*index)) : std::nullopt;
  }
  if (!name.ends_with(".mailbox")) return std::nullopt;
  const auto owner = name.substr(0, name.size() - 8);
  const auto known = case_mailbox(owner);
  if (!known || (known->at_next_hop && target_.relay_domain.empty())) return std::nullopt;
  return known->at_next_hop ? relay_mailbox(known->index) : mailbox(known->index);
}

// Functions that only the run can answer come as their call: "mailbox(3)", "file(dots.eml)".
std::optional<Value> Scope::look_up_call(std::string_view name) const {
  const auto open = name.find('(');
  if (open == std::string_view::npos || !name.ends_with(")")) return std::nullopt;
  const auto argument = name.substr(open + 1, name.size() - open - 2);
  if (name.substr(0, open) == "mailbox") {
    const auto index = mailbox_index(argument);
    return index ? std::optional<Value>(mailbox(*index)) : std::nullopt;
  }
  if (name.substr(0, open) != "file" || argument.find('/') != std::string_view::npos) return std::nullopt;
  std::ifstream in(messages_ / argument, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::optional<Value> Scope::look_up_keyword(std::string_view keyword) const {
  if (!capabilities_ || !capabilities_->has(keyword)) return std::nullopt;
  return number_or_text(fmt::format("{}", fmt::join(capabilities_->parameters(keyword), " ")));
}

std::optional<Value> Scope::look_up_target(std::string_view name) const {
  if (name == "domain") return domain_of(target_.recipient);
  if (name == "client.name") return target_.ehlo;
  if (name == "relay.domain" && !target_.relay_domain.empty()) return target_.relay_domain;
  if (name == "target.end_of_data") return static_cast<std::int64_t>(target_.limits.end_of_data.count());
  if (name == "rejected" && !target_.refused.empty())
    return fill_token(target_.refused, token_.of_mailbox(0));
  if (target_.credentials && name == "user") return target_.credentials->user;
  if (target_.credentials && name == "password") return target_.credentials->password;
  return std::nullopt;
}

std::optional<Value> Scope::look_up(std::string_view name) const {
  if (const auto own = own_.find(name); own != own_.end()) return own->second;
  if (name == "token") return token_.of_mailbox(0);
  if (name == "sender") return sender();
  if (name == "local_part") return local_part_of(mailbox(0));
  if (name == "begin") return "-- begin " + token_.stem();
  if (name == "end") return "-- end " + token_.stem();
  if (name.starts_with("ehlo.")) return look_up_keyword(name.substr(5));
  if (auto value = look_up_mailbox(name)) return value;
  if (auto value = look_up_call(name)) return value;
  return look_up_target(name);
}

std::string fill_token(std::string_view pattern, std::string_view token) {
  std::string filled(pattern);
  const auto at = filled.find(token_hole);
  if (at != std::string::npos) filled.replace(at, token_hole.size(), token);
  return filled;
}

}  // namespace smtpspec::engine

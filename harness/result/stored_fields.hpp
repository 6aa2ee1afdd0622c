// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "result/model.hpp"

/// What `results.json` stores of each type, said once for both directions: `archive(key, member)` writes or
/// reads the member, `archive.optional(key, member)` leaves it out
/// where it is empty. Times are not here, they stand in a block of their own. The last parameter only chooses
/// the type, so that one function takes a value to read from and one to fill.
namespace smtpspec::result {

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const base::SourcePosition*) {
  archive("file", value.file);
  archive("line", value.line);
  archive("column", value.column);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const base::Requirement*) {
  archive("id", value.id);
  archive("rfc", value.rfc);
  archive("section", value.section);
  archive("level", value.level);
  archive("party", value.party);
  archive("testable", value.testable);
  archive("worst", value.worst);
  archive("superseded_by", value.superseded_by);
  archive("gist", value.gist);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const base::TranscriptEvent*) {
  archive("kind", value.kind);
  archive("bytes", value.bytes);
  archive("encrypted", value.encrypted);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const Finding*) {
  archive("verdict", value.verdict);
  archive("requirements", value.requirements);
  archive("message", value.message);
  archive("expected", value.expected);
  archive("actual", value.actual);
  archive("outcome", value.outcome);
  archive("line", value.line);
  archive("column", value.column);
  archive("session", value.session);
  archive("event", value.event);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const StepMark*) {
  archive("line", value.line);
  archive("title", value.title);
  archive("event", value.event);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const Session*) {
  archive("name", value.name);
  archive("endpoint", value.endpoint);
  archive("client", value.client);
  archive("events", value.events);
  archive("steps", value.steps);
  archive("dropped_bytes", value.dropped_bytes);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const RequirementVerdict*) {
  archive("requirement", value.requirement);
  archive("verdict", value.verdict);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const Lack*) {
  archive("where", value.where);
  archive("what", value.what);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const CaseResult*) {
  archive("id", value.id);
  archive("title", value.title);
  archive("why", value.why);
  archive("spec", value.spec);
  archive("section", value.section);
  archive("position", value.position);
  archive("source_lines", value.source_lines);
  archive("covers", value.covers);
  archive("tags", value.tags);
  archive("on", value.on);
  archive("client", value.client);
  archive("verdict", value.verdict);
  archive("outcome", value.outcome);
  archive("reason", value.reason);
  archive.optional("lacks", value.lacks);
  archive("findings", value.findings);
  archive("requirement_verdicts", value.requirement_verdicts);
  archive("sessions", value.sessions);
  archive("delivered", value.delivered);
  archive("server_log", value.server_log);
  archive("attempts", value.attempts);
  archive("token", value.token);
  archive("unreachable", value.unreachable);
  archive.optional("looked_at", value.looked_at);
  archive.optional("broken", value.broken);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const Expectations*) {
  archive("file", value.file);
  archive("text", value.text);
}

template <typename Archive, typename T>
void describe(Archive& archive, T& value, const TargetFacts*) {
  archive("name", value.name);
  archive("software", value.software);
  archive("version", value.version);
  archive("banner", value.banner);
  archive("ehlo", value.ehlo);
  archive("address", value.address);
  archive("argument", value.argument);
  archive.optional("offers", value.offers);
}

// Of a run only the small members; its cases are written one by one, so that not all of them exist twice.
template <typename Archive, typename T>
void describe(Archive& archive, T& value, const Run*) {
  archive("tool_version", value.tool_version);
  archive("suite_version", value.suite_version);
  archive("aborted", value.aborted);
  archive("target", value.target);
  archive("options", value.options);
  archive("requirements", value.requirements);
  archive.optional("expectations", value.expectations);
  archive.optional("shard", value.shard);
  archive.optional("plan", value.plan);
}

}  // namespace smtpspec::result

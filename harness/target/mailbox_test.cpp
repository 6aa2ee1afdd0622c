// SPDX-License-Identifier: Apache-2.0
#include "target/mailbox.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/recipient_index.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Target with_mailbox(Mailbox::Format format, const std::string& path) {
  Target target;
  target.recipient = "user+{token}@example.test";
  target.mailbox.format = format;
  target.mailbox.path = path;
  return target;
}

std::vector<std::string> bytes_for(MailStore& store, std::string_view token) {
  std::vector<std::string> bytes;
  for (const StoredMessage& message : store.messages_for(token)) bytes.push_back(message.bytes);
  return bytes;
}

std::string message_to(const std::string& token, const std::string& body) {
  return "Return-Path: <a@b.test>\nX-Original-To: user+" + token + "@example.test\nSubject: x\n\n" + body;
}

TEST(Token, IsFoundByThePattern) {
  const std::string pattern = "user+{token}@example.test";
  EXPECT_EQ(token_in("user+abc@example.test", pattern), "abc");
  EXPECT_EQ(token_in(" <User+abc@EXAMPLE.test> ", pattern), "abc");
  for (const char* other : {"user@example.test", "user+@example.test", "user+abc@other.test", "abc", ""}) {
    EXPECT_EQ(token_in(other, pattern), std::nullopt) << other;
  }
  EXPECT_EQ(token_in("user@example.test", "user@example.test"), std::nullopt);
}

TEST(Maildir, HoldsEachMessageForItsToken) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  EXPECT_FALSE(store->refresh()) << "the folder may come into being later";
  folder.write("box/new/1.a", message_to("one", "first\n"));
  folder.write("box/new/2.b", message_to("two", std::string("nul \0 \xff\r\n", 8)));
  folder.write("box/tmp/3.c", message_to("one", "half a mess"));
  EXPECT_TRUE(store->refresh());
  EXPECT_FALSE(store->refresh());
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "first\n")));
  EXPECT_THAT(bytes_for(*store, "two"), ElementsAre(message_to("two", std::string("nul \0 \xff\r\n", 8))));
  EXPECT_THAT(bytes_for(*store, "on"), IsEmpty());
  EXPECT_EQ(store->count_for("one"), 1u);
}

TEST(Maildir, AMessageThatCameRightAfterALookIsSeenAtTheNext) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  for (int i = 0; i < 200; ++i) {
    folder.write("box/new/" + std::to_string(i), message_to("t", "x\n"));
    store->refresh();
    ASSERT_EQ(store->count_for("t"), static_cast<std::size_t>(i + 1));
  }
}

TEST(Maildir, WhatWasThereBeforeIsNotOurs) {
  const TemporaryFolder folder;
  folder.write("box/cur/1.a:2,S", message_to("one", "old\n"));
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  folder.write("box/new/2.b", message_to("one", "new\n"));
  store->refresh();
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "new\n")));
}

TEST(Maildir, AMessageThatAReaderMovesStaysOneMessage) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  folder.write("box/new/1.a", message_to("one", "x\n"));
  store->refresh();
  std::filesystem::create_directories(folder / "box/cur");
  std::filesystem::rename(folder / "box/new/1.a", folder / "box/cur/1.a:2,S");
  store->refresh();
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "x\n")));
}

TEST(Maildir, OnlyTheTopmostRecipientCounts) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  folder.write("box/new/1.a", message_to("one", "") + "\n" + message_to("two", "forged\n"));
  folder.write("box/new/2.b",
               "X-Original-To: user+one@example.test\nX-Original-To: user+two@example.test\n\nx\n");
  store->refresh();
  EXPECT_EQ(store->count_for("one"), 2u);
  EXPECT_EQ(store->count_for("two"), 0u);
}

TEST(Maildir, WithoutARecipientInItsHeaderAMessageIsFoundByTheTokenInAnyField) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "box"));
  folder.write("box/new/1.a", "Message-ID: <t7f3@client.example>\n\nt7f4\n");
  store->refresh();
  EXPECT_EQ(store->count_for("t7f3"), 1u);
  EXPECT_EQ(store->count_for("t7f4"), 0u);
  EXPECT_EQ(store->count_for("t7f"), 0u);
}

TEST(Maildir, OneATokenIsReadByItsPath) {
  const TemporaryFolder folder;
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::maildir, folder / "{token}"));
  folder.write("one/new/1.a", "x\n");
  EXPECT_EQ(store->count_for("one"), 1u);
  EXPECT_EQ(store->count_for("two"), 0u);
  folder.write("two/new/1.a", "y\n");
  EXPECT_TRUE(store->refresh());
  EXPECT_THAT(bytes_for(*store, "two"), ElementsAre("y\n"));
}

TEST(CyrusSpool, MessagesAreFoundInAnyFolder) {
  const TemporaryFolder folder;
  folder.write("spool/uuid/1/2/12x/7.", message_to("one", "old\r\n"));
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::cyrus, folder / "spool"));
  folder.write("spool/uuid/1/2/12x/cyrus.index", message_to("one", "no message\r\n"));
  folder.write("spool/uuid/1/2/12x/10.", message_to("one", "c\r\n"));
  folder.write("spool/uuid/1/2/12x/9.", message_to("one", "b\r\n"));
  folder.write("spool/stage./11.", message_to("one", "not complete\r\n"));
  folder.write("spool/uuid/3/4/34y/1.", message_to("two", "a\r\n"));
  EXPECT_TRUE(store->refresh());
  EXPECT_FALSE(store->refresh());
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "b\r\n"), message_to("one", "c\r\n")));
  EXPECT_THAT(bytes_for(*store, "two"), ElementsAre(message_to("two", "a\r\n")));
}

const std::string from_line = "From a@b.test  Mon Nov 23 15:04:50 2026\n";

TEST(Mbox, HoldsEachMessageForItsToken) {
  const TemporaryFolder folder;
  const auto file = folder.write("box", from_line + message_to("old", "x\n") + "\n");
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::mbox, file));
  std::ofstream(file, std::ios::app) << from_line << message_to("one", "x\n\nFrom here on\n") << "\n"
                                     << from_line << message_to("two", "") << "\n";
  EXPECT_TRUE(store->refresh());
  EXPECT_FALSE(store->refresh());
  EXPECT_EQ(store->count_for("old"), 0u);
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "x\n\nFrom here on\n")));
  EXPECT_THAT(bytes_for(*store, "two"), ElementsAre(message_to("two", "")));
}

TEST(Mbox, IsLeftAloneWhileItIsWritten) {
  const TemporaryFolder folder;
  const auto file = folder.write("box", "");
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::mbox, file));
  std::ofstream(file, std::ios::app) << from_line << message_to("one", "x");
  EXPECT_FALSE(store->refresh()) << "half a message";
  std::ofstream(file, std::ios::app) << "\n\n";
  const auto lock = folder.write("box.lock", "");
  EXPECT_FALSE(store->refresh()) << "locked";
  std::filesystem::remove(lock);
  const int fd = open(file.c_str(), O_RDONLY);
  flock(fd, LOCK_EX);
  EXPECT_FALSE(store->refresh()) << "locked by flock";
  close(fd);
  EXPECT_TRUE(store->refresh());
  EXPECT_THAT(bytes_for(*store, "one"), ElementsAre(message_to("one", "x\n")));
}

TEST(Mbox, MayBeEmptied) {
  const TemporaryFolder folder;
  const auto file = folder.write("box", from_line + message_to("old", "a longer one\n") + "\n");
  const auto store = open_mail_store(with_mailbox(Mailbox::Format::mbox, file));
  folder.write("box", from_line + message_to("one", "x\n") + "\n");
  EXPECT_TRUE(store->refresh());
  EXPECT_EQ(store->count_for("one"), 1u);
}

}  // namespace
}  // namespace smtpspec::target

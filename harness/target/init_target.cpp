// SPDX-License-Identifier: Apache-2.0
#include "target/target_loader.hpp"

namespace smtpspec::target {

std::string init_target_text() {
  return R"(# What smtpspec has to know of your server. Run it with:  smtpspec run --target mymta.toml
# Only `name`, one endpoint and `recipient` are needed; each of the others lets more scenarios run.
# For a client or a library that sends, see the end.

name     = "mymta"                # lower case; it stands in reports
software = "My MTA"
role     = "mx"                   # mx | submission | lmtp | library
# A target like another but for what its own file says begins with: extends="postfix"
# logs   = ["{dir}/log"]          # their last lines stand in the report when something fails
# ours   = ["R5321-4.5.1-a"]      # requirements that your test set-up decides, not the server: not judged

# How the server is started. Leave [start] out when it already runs, and write its real address below.
# {port} is a free port, {dir} a private folder that is removed afterwards, {here} the folder of this file.
# {submission_port} {smtps_port} {lmtp_port} are more free ports; {relay_port} is where smtpspec itself can listen.
[start]
command      = ["mymta", "-c", "{dir}/mymta.conf", "-p", "{port}"]   # stays in the foreground; no shell in between
# templates  = "mymta"            # a folder beside this file: its files are copied to {dir}, placeholders filled
# prepare    = [["sh", "{dir}/setup.sh"]]
# environment = { LANG = "C" }
# working_folder = "{dir}"
# needs_root = false
# root       = "mymta"            # unpacked packages: a folder below $SMTPSPEC_TARGETS or build/targets; {root}
# get        = "ci/targets mymta" # makes it; --target mymta@2.0 takes the folder mymta@2.0, and {version} is 2.0
# needs_programs = ["mymta"]      # must be installed here, else the target is skipped with a reason
# syslog     = true               # take syslog messages at {dir}/syslog.socket and keep them in {dir}/log
# ready_within = "60s"            # until it greets
# stop_signal  = "TERM"
# stop_within  = "3s"             # after that it is killed

# [variables]                     # placeholders of your own for command and templates
# tls_certificate = "{here}/cert.pem"

[endpoints]
smtp         = "127.0.0.1:{port}" # host:port, [ipv6]:port or unix:/path
# submission = "127.0.0.1:{submission_port}"
# smtps      = "127.0.0.1:{smtps_port}"
# lmtp       = "unix:{dir}/lmtp.sock"

[mail]
domain         = "example.test"
recipient      = "user+{token}@example.test"     # accepted; {token} is different in every case
# refused      = "nobody+{token}@example.test"   # refused for good at RCPT
# ehlo         = "client.example"               # how the harness greets
# relay_domain = "relay.test"                    # mail for it goes to 127.0.0.1:{relay_port}

# Where delivered mail can be read. Without it only the dialogue is judged.
# [mailbox]
# maildir         = "{dir}/mail/user"     # or mbox = "{dir}/mail/user", or cyrus = "{dir}/spool"; may hold {token}
# line_ending     = "LF"                  # what the store makes of CRLF: LF | CRLF
# from_quoting    = "none"                # none | mboxo | mboxrd
# refolds_headers = false
# recipient_headers = ["X-Original-To", "Delivered-To"]   # name the recipient, when one box takes all

# [credentials]
# user     = "user"
# password = "secret"
# required = false                        # true: it takes no mail without them

# [clients]                               # how a scenario's client is told apart
# stranger = { source = "127.0.0.2" }
# trusted  = { source = "127.0.0.1" }

# [relay]                                 # how it is made to send mail for relay_domain; these are the defaults
# on     = "smtp"                         # it takes that mail at smtp | submission | smtps | lmtp
# client = "trusted"                      # from this client
# auth   = false                          # after AUTH only
# tls    = false                          # after STARTTLS only
# A server that already runs says where it sends that mail:  listen="127.0.0.1:2626"

# [tls]
# ca       = "ca.pem"
# name     = "mx.example.test"            # the name in its certificate
# insecure = false

# [limits]                                # so that they are not mistaken for a verdict; these are the defaults
# sessions_at_once    = 20
# errors_before_close = 3                 # refused commands in a session before it slows down or hangs up; 0: no limit
# max_recipients      = 100
# banner_delay        = "0ms"             # delays that are meant
# quit_delay          = "0ms"
# end_of_data         = "1s"              # the answer to the end of the data comes within
# delivery            = "5s"              # and the message lies in the mailbox within
# retry_after         = "1s"              # a 4yz in the preparation of a case is tried again after

# What waits, seen without asking the server: quicker, where it is kept in files.
# [queue]
# files       = ["{dir}/spool/*.envelope"]   # recipients stand in them; else queue_list is asked
# purge_if    = ["{dir}/spool/*"]         # without any of these there is nothing for queue_purge to do

# [commands]
# version     = ["mymta", "--version"]
# submit      = ["mymta-sendmail", "-i", "-f", "{sender}", "--", "{recipients}"]   # the message: standard input, LF
# queue_list  = ["mymta", "queue"]        # prints it, with recipients
# queue_flush = ["mymta", "flush"]        # tries all of it now, whatever it has learnt of the next hop
# queue_purge = ["mymta", "purge"]        # throws all of it away
# reload      = ["kill", "-HUP", "{pid}"]
# fill        = ["mymta-room", "fill", "{dir}/spool"]   # no room is left where it stores new mail
# free        = ["mymta-room", "free", "{dir}/spool"]   # and there is again
# The next three are for a server that already runs; one that we start needs none of them.
# kill        = ["kill", "-KILL", "{pid}"]
# terminate   = ["mymta", "stop"]
# restart     = ["mymta", "restart"]

# A client, or a library, is a target too. Its whole file is like this; the command is run once for each message:
#:  name      = "mysend"
#:  kind      = "client"                  # server | client
#:  [send]
#:  command   = ["mysend", "--server={host}:{port}", "{security}", "{auth}", "--from={sender}", "{recipients}"]
#:  auth      = ["--user={user}", "--password={password}"]     # {auth}, in cases with credentials
#:  plain     = ["--no-tls"]                                   # {security}: without TLS, by STARTTLS, TLS from the start
#:  starttls  = ["--starttls", "--ca={ca}"]
#:  tls       = ["--tls", "--ca={ca}"]
#:  line_ending = "LF"                    # of the message on its standard input and in {message_file}; CRLF unless said
#:  within    = "30s"                     # after that it is killed
#:  # prepare, templates, root, get, needs_programs, environment, ... as in [start]
#:  [commands]
#:  version   = ["mysend", "--version"]
)";
}

}  // namespace smtpspec::target

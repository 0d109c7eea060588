#!/bin/sh
# In place of ZooKeeper's zkServer.sh for the suites of other clients:
#	zkServer.sh start-foreground zoo.cfg
set -eu
[ $# = 2 ] && [ "$1" = start-foreground ] || { echo "usage: $0 start-foreground zoo.cfg" >&2; exit 2; }
# The flags are words to a JVM, too.
# shellcheck disable=SC2086
exec "$(dirname "$0")/java" ${SERVER_JVMFLAGS-} org.apache.zookeeper.server.quorum.QuorumPeerMain "$2"

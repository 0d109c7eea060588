package differ

import (
	"slices"
	"strings"
	"testing"

	"zoosh/internal/wire"
)

// The differences between 3.8.0 and 3.9 that are meant. Runs avoid these, unless the
// real server is of 3.9.2 or later:
//
//   - A one-shot watch on a path that the same connection watches persistently
//     makes that watch one-shot, too, before 3.9 (ZOOKEEPER-4466). A session of a
//     run watches a path in one way only, see generator.mode.
//   - removeWatches and checkWatches know the types 4 and 5 since 3.9; the types 1
//     and 2 then mean one-shot watches alone. A path that is watched persistently
//     is asked for with type 3.
//   - Since 3.9.2 an event is not sent to who may not read the znode. Runs that
//     watch have only ACLs that let everybody read.
//   - A check outside of a multi was carried out in 3.8, if without a reply. 3.9
//     does not know the opcode there.
//   - deleteContainer, which is the server's own, took all of the frame for the
//     path in 3.8.
//   - A multi's create2 was a create in 3.8 (ZOOKEEPER-4026), its createContainer
//     a create if its flags were, and flags that are none were refused by the
//     part, not by the whole.
//
// And these, whatever it is:
//
//   - createTTL with other flags and no TTL stops a server.
//   - Data that is no quota in a quota's znodes stops a server.
//   - Who comes with a wrong password closes the connection of the session's owner. Ours
//     stays open; see arguable.
//   - Since 3.9 a deleteContainer from a client deletes any znode without children,
//     whatever its ACL. Ours deletes what is to go anyway, containers and TTL znodes,
//     and answers BadArguments for any other; see arguable.
//
// These are looked past in every reply: the zxid in a notification's header if the
// real server is that of 3.8, which has none there, and that Java writes characters beyond U+FFFF as surrogates,
// where ours writes UTF-8. And arguable lists those that are allowed one by one.

// arguable tells why two answers to a step may differ, if they may: the difference
// in a few words, and whether the run can go on.
func (b *bench) arguable(s *step, debian, ours []string) (why string, goesOn bool) {
	last := func(lines []string) string {
		if len(lines) == 0 {
			return ""
		}
		return lines[len(lines)-1]
	}
	theirs, mine := last(debian), last(ours)
	marshalling := " " + wire.MarshallingError.String()
	switch {
	// A connection that was dropped, when ZooKeeper notices it late, takes the one that
	// its session has since out of a list (ServerCnxnFactory.removeCnxnFromSessionMap),
	// and nobody closes that one when the session comes by a third.
	case s.action == reconnect && len(debian) == len(ours) && debian[0] == before(staysOpen) && ours[0] == before(closed) &&
		slices.Equal(debian[1:], ours[1:]):
		return "a connection that nobody closes", true
	// A wrong password, which disturbs nobody here. The run has closed the connection.
	case (s.action == reconnect && s.wrong || s.action == expire && s.end == robbed) && slices.Equal(debian, replaced(ours, before(staysOpen), before(closed))):
		return "the owner of a session that another names with a wrong password", true
	// What a client may delete by deleteContainer. The trees differ from then on, unless
	// the real server has refused it, too, for another reason.
	case s.op == wire.OpDeleteContainer && strings.HasSuffix(mine, " "+wire.BadArguments.String()):
		refused := strings.HasSuffix(theirs, " "+wire.NotEmpty.String()) || strings.HasSuffix(theirs, " "+wire.BadVersion.String())
		return "deleteContainer of what is not due", refused
	case b.later:
	// exists asked for no permission before 3.9.
	case s.op == wire.OpExists && strings.HasSuffix(mine, " "+wire.NoAuth.String()) && strings.Contains(theirs, " versions "):
		return "exists without READ", true
	// checkWatches looked at everybody's watches before 3.9.
	case s.op == wire.OpCheckWatches && strings.HasSuffix(mine, wire.NoWatcher.String()) && len(strings.Fields(theirs)) == 3:
		return "checkWatches of others", true
	// And it walked up from the path to look for recursive watches, which finds
	// nothing or stumbles where the path is none.
	case s.op == wire.OpCheckWatches && wire.ValidatePath(s.body.(*wire.WatcherRequest).Path) != nil:
		return "checkWatches of no path", true
	// A write that could not be read took a zxid before 3.9, where it was taken
	// before reading.
	case s.mangle.isSet() && strings.HasSuffix(theirs, marshalling) && strings.HasSuffix(mine, marshalling):
		return "the zxid of a malformed write", true
	}
	return "", false
}

// replaced is lines with one that was another; nil if it is not there.
func replaced(lines []string, was, is string) []string {
	at := slices.Index(lines, was)
	if at < 0 {
		return nil
	}
	lines = slices.Clone(lines)
	lines[at] = is
	return lines
}

// TestWrongPasswordIsArgued: with a wrong password nothing happens to a session's owner
// here, and its connection is gone there.
func TestWrongPasswordIsArgued(t *testing.T) {
	b := newBench(t, slowTick)
	connect := wire.ConnectRequest{Timeout: 60000, Passwd: make([]byte, 16), HasReadOnly: true}
	run := []*step{
		{action: open, connect: connect}, {action: reconnect, connect: connect, wrong: true},
		{action: reconnect, connect: connect}, {action: reconnect, connect: connect},
		{op: wire.OpGetData, body: &wire.PathWatchRequest{Path: "/"}},
	}
	if transcript := b.play(run); transcript != nil {
		t.Error(printed(transcript))
	}
	if n := b.argued["the owner of a session that another names with a wrong password"]; n != 1 || len(b.argued) > 1 {
		t.Errorf("argued: %v", b.argued)
	}
}

// TestDeleteContainerIsArgued: ours lets no client delete by deleteContainer what others
// have made, on any ZooKeeper's word. 3.8 could not read the request.
func TestDeleteContainerIsArgued(t *testing.T) {
	b := newBench(t, slowTick)
	create := func(session int, path string, op wire.Op, flags int32) *step {
		return &step{session: session, op: op, body: &wire.CreateRequest{Path: path, ACL: wire.OpenACL(), Flags: flags}}
	}
	connect := wire.ConnectRequest{Timeout: 60000, Passwd: make([]byte, 16), HasReadOnly: true}
	begin := []*step{
		{session: 0, action: open, connect: connect}, {session: 1, action: open, connect: connect},
		create(0, "/leaf", wire.OpCreate, wire.FlagPersistent), create(0, "/mine", wire.OpCreate, wire.FlagEphemeral),
		create(0, "/full", wire.OpCreateContainer, wire.FlagContainer), create(0, "/full/child", wire.OpCreate, wire.FlagPersistent),
		create(0, "/waits", wire.OpCreateContainer, wire.FlagContainer),
	}
	for _, path := range []string{"/leaf", "/mine", "/full", "/waits"} {
		clear(b.argued)
		run := append(slices.Clone(begin), &step{session: 1, op: wire.OpDeleteContainer, body: &wire.PathRequest{Path: path}})
		if transcript := b.play(run); transcript != nil {
			t.Errorf("%s:\n%s", path, printed(transcript))
		}
		if n := b.argued["deleteContainer of what is not due"]; (n == 1) != b.later {
			t.Errorf("%s: argued %d times", path, n)
		}
	}
	// What is due goes on both.
	due := append(slices.Clone(begin),
		&step{op: wire.OpDelete, body: &wire.PathVersionRequest{Path: "/full/child", Version: -1}},
		&step{session: 1, op: wire.OpDeleteContainer, body: &wire.PathRequest{Path: "/full"}})
	if transcript := b.play(due); b.later && transcript != nil {
		t.Errorf("an empty container:\n%s", printed(transcript))
	}
}

// TestArguableDeleteContainer: what may differ does so in this way only, and a run ends
// where the trees are not the same any more.
func TestArguableDeleteContainer(t *testing.T) {
	b := &bench{later: true}
	for _, tt := range []struct {
		op           wire.Op
		theirs, mine string
		argued, on   bool
	}{
		{wire.OpDeleteContainer, "1 zxid +3", "1 zxid +3 " + wire.BadArguments.String(), true, false},
		{wire.OpDeleteContainer, "1 zxid +3 " + wire.NotEmpty.String(), "1 zxid +3 " + wire.BadArguments.String(), true, true},
		{wire.OpDeleteContainer, "1 zxid +3 " + wire.BadVersion.String(), "1 zxid +3 " + wire.BadArguments.String(), true, true},
		{wire.OpDeleteContainer, "1 zxid +3 " + wire.BadArguments.String(), "1 zxid +3", false, false},
		{wire.OpDelete, "1 zxid +3", "1 zxid +3 " + wire.BadArguments.String(), false, false},
	} {
		why, on := b.arguable(&step{op: tt.op}, []string{tt.theirs}, []string{tt.mine})
		if (why != "") != tt.argued || on != tt.on {
			t.Errorf("%v, %q and %q: argued %q, goes on %v", tt.op, tt.theirs, tt.mine, why, on)
		}
	}
}

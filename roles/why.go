package roles

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"zoosh/internal/wire"
	"zoosh/shell"
)

// A text is a sentence in the languages of the lessons. %s are for what it is
// about.
type text struct{ en, zh string }

// sentence is a text in a language, English for those that there is none in.
func sentence(language string, t text, about ...any) string {
	form := t.en
	if language == Chinese && t.zh != "" {
		form = t.zh
	}
	return fmt.Sprintf(form, about...)
}

// What a student's scene lacks.
var (
	noZnode      = text{"There is no %s yet.", "还没有 %s。"}
	strayed      = text{"%s should not be there: delete it, or start the step again.", "%s 不该存在：请删除它，或重新开始这一步。"}
	hasData      = text{"%s holds %q; it is to hold %q.", "%s 的数据是 %q，应当是 %q。"}
	notEphemeral = text{
		"%s is persistent: it would outlive the session that made it. It is to be ephemeral.",
		"%s 是持久的，会话结束后仍会留下。它应当是临时的。",
	}
	notPersistent = text{
		"%s is ephemeral: it goes with the session of %s. It is to stay.",
		"%s 是临时的，会随 %s 的会话一起消失。它应当一直保留。",
	}
	otherOwner = text{"%s belongs to the session of %s, and is to belong to that of %s.", "%s 属于 %s 的会话，应当属于 %s 的会话。"}
	otherACL   = text{"%s has another ACL than it is to have.", "%s 的 ACL 不是所要求的。"}
	noWatch    = text{"%s has no watch armed: %s.", "%s 还没有设置监视点：%s。"}
	moreWatch  = text{
		"%s has armed a watch that the step does not ask for: %s. Start the step again to be rid of it.",
		"%s 设置了这一步没有要求的监视点：%s。重新开始这一步即可去掉。",
	}
	noIdentity = text{
		"The session of %s has not shown the identity that the step asks for.",
		"%s 的会话还没有出示这一步要求的身份。",
	}
	isClosed    = text{"The session of %s has ended, and is to go on.", "%s 的会话已经结束，但它应当继续。"}
	notClosed   = text{"The session of %s is to end.", "%s 的会话应当结束。"}
	isCut       = text{"%s is cut off from the server, and is not to be.", "%s 与服务器之间的网络断了，不应当如此。"}
	notCut      = text{"%s is to be cut off from the server.", "%s 与服务器之间的网络应当断开。"}
	otherDelay  = text{"The traffic of %s is delayed by %v each way, and is to be by %v.", "%s 的消息单程延迟 %v，应当是 %v。"}
	otherClock  = text{"The server's clock is %v ahead, and is to be %v.", "服务器的时钟快了 %v，应当是 %v。"}
	otherOutput = text{"What came out is not what the step is to show.", "输出的内容不是这一步要看到的。"}
	commandIs   = text{"The command is %s: %s", "所用的命令是 %s：%s"}
)

// excerpt is as much of data as a sentence has room for.
func excerpt(data string) string {
	const most = 60
	runes := 0
	for i := range data {
		if runes++; runes > most {
			return data[:i] + "..."
		}
	}
	return data
}

// misses says what a scene lacks of another, a sentence each.
func (sc *scene) misses(want *scene, language string) []string {
	var why []string
	say := func(t text, about ...any) { why = append(why, sentence(language, t, about...)) }
	for _, path := range slices.Sorted(maps.Keys(want.znodes)) {
		have, ok := sc.znodes[path]
		if !ok && sc.lines[want.znodes[path].owner].cut {
			continue // it is the line that is wrong
		}
		if !ok {
			say(noZnode, path)
			continue
		}
		compareZnode(say, path, have, want.znodes[path])
	}
	for _, path := range slices.Sorted(maps.Keys(sc.znodes)) {
		if _, ok := want.znodes[path]; !ok && !want.lines[sc.znodes[path].owner].cut {
			say(strayed, path)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(want.closed)) {
		switch {
		case sc.closed[role] && !want.closed[role]:
			say(isClosed, role)
		case !sc.closed[role] && want.closed[role]:
			say(notClosed, role)
		}
	}
	sc.missesOfControl(say, want)
	for _, role := range slices.Sorted(maps.Keys(want.closed)) {
		for _, token := range want.proven[role] {
			if !slices.Contains(sc.proven[role], token) {
				say(noIdentity, role)
			}
		}
		for _, w := range want.watches[role] {
			if !slices.Contains(sc.watches[role], w) {
				say(noWatch, role, w)
			}
		}
		for _, w := range sc.watches[role] {
			if !slices.Contains(want.watches[role], w) {
				say(moreWatch, role, w)
			}
		}
	}
	return why
}

// missesOfControl says what was to be done to the server.
func (sc *scene) missesOfControl(say func(text, ...any), want *scene) {
	for _, role := range slices.Sorted(maps.Keys(want.closed)) {
		have, want := sc.lines[role], want.lines[role]
		switch {
		case have.cut && !want.cut:
			say(isCut, role)
		case !have.cut && want.cut:
			say(notCut, role)
		case have.delay != want.delay:
			say(otherDelay, role, have.delay, want.delay)
		}
	}
	if sc.ahead != want.ahead {
		say(otherClock, sc.ahead, want.ahead)
	}
}

func compareZnode(say func(text, ...any), path string, have, want znode) {
	switch {
	case have.hidden || want.hidden:
		if have.hidden != want.hidden {
			say(otherACL, path)
		}
		return
	case have.owner == "" && want.owner != "":
		say(notEphemeral, path)
	case have.owner != "" && want.owner == "":
		say(notPersistent, path, have.owner)
	case have.owner != want.owner:
		say(otherOwner, path, have.owner, want.owner)
	}
	if have.data != want.data {
		say(hasData, path, excerpt(have.data), want.data)
	}
	if have.acl != want.acl {
		say(otherACL, path)
	}
}

// reasons are why ZooKeeper refuses a request.
var reasons = map[wire.Code]text{
	wire.NoNode: {
		"There is no znode of that path. A znode can only be made below one that is there.",
		"没有这个路径的 znode；只有父节点存在时才能创建子节点。",
	},
	wire.NodeExists: {
		"A znode of that name is there already, and there is never more than one: that is what makes it a lock.",
		"这个名字的 znode 已经存在，而且永远只会有一个：这正是它可以当锁用的原因。",
	},
	wire.NotEmpty: {
		"It has children, and delete removes one znode at a time: the children first, or deleteall.",
		"它还有子节点，而 delete 一次只删除一个 znode：先删子节点，或使用 deleteall。",
	},
	wire.NoChildrenForEphemerals: {
		"An ephemeral znode cannot have children: they would be left without a parent when its session ends.",
		"临时节点不能有子节点：会话结束时它们会失去父节点。",
	},
	wire.BadVersion: {
		"Somebody has written it since: it has another version now than the one you gave. Read it again first.",
		"在此期间有人写过它：现在的版本号与给出的不同。请先重新读取。",
	},
	wire.NoAuth: {
		"Its ACL does not permit that to the identities that this session has shown.",
		"它的 ACL 不允许本会话现有的身份这样做。",
	},
	wire.InvalidACL: {
		"That is no ACL: it is written scheme:id:permissions, such as world:anyone:r.",
		"这不是合法的 ACL：写法是 scheme:id:permissions，例如 world:anyone:r。",
	},
	wire.BadArguments: {
		"ZooKeeper does not take these arguments; paths begin with / and do not end in one.",
		"ZooKeeper 不接受这些参数；路径以 / 开头，且不以 / 结尾。",
	},
	wire.NoWatcher: {"No such watch is armed by this session.", "本会话没有设置这样的监视点。"},
	wire.ConnectionLoss: {
		"The connection was lost.",
		"连接已断开。",
	},
	wire.SessionExpired: {
		"The server has given the session up, and with it its ephemeral znodes and watches.",
		"服务器已放弃该会话，它的临时节点和监视点也随之消失。",
	},
}

var (
	// unanswered is of a write that was sent, unlike one that was not, or a read.
	unanswered = text{
		"There was no answer: whether the server has carried it out is not known.",
		"没有收到应答：服务器是否执行了该请求无从得知。",
	}
	notACommand = text{"There is no command of that name; help lists them.", "没有这个命令；help 会列出所有命令。"}
	usedWrong   = text{
		"That is not how the command is given: its usage says what stands behind it.",
		"命令的写法不对：用法说明列出了后面应写什么。",
	}
)

// Explain says in a sentence why a line failed; "" if it did not.
func Explain(done shell.Item, language string) string {
	var server *wire.Error
	switch {
	case done.Code == 0:
		return ""
	case done.Code == shell.CodeNotFound:
		return sentence(language, notACommand)
	case done.Doubt != "":
		return sentence(language, unanswered)
	case !errors.As(done.Err, &server):
		return sentence(language, usedWrong)
	}
	if t, ok := reasons[server.Code]; ok {
		return sentence(language, t)
	}
	return ""
}

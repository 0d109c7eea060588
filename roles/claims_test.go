package roles

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"zoosh/internal/session"
	"zoosh/internal/zktest"
	"zoosh/shell/transcript"
)

// A claim is what lessons say of ZooKeeper, and a page that shows it to be so.
type claim struct {
	name string
	says map[string][2]string // by lesson: what stands there in English, in Chinese
	page []string
}

// said is the claim's wording where every lesson has the same.
func said(en, zh string, lessons ...string) map[string][2]string {
	all := map[string][2]string{}
	for _, l := range lessons {
		all[l] = [2]string{en, zh}
	}
	return all
}

var claims = []claim{
	{
		name: "a fence with one writer that does not check loses a write",
		says: said(`fence holds only if every\s+writer checks`, `每个写入者都检查，防护才管用`, "lock"),
		page: []string{
			"'''zk holder", "[zk] create /account 80", "Created /account", "'''",
			"'''zk late", "[zk] set -v 0 /account 60", "'''",
			"'''zk holder", "[zk] set /account 70", "[zk] get /account", "70", "'''", // 20 and 10 were taken
		},
	},
	{
		name: "a fence at which every writer checks loses none",
		says: said("set -v|`set` without a version", "set -v|不带版本的 `set`", "lock", "config"),
		page: []string{
			"'''zk holder", "[zk] create /account 80", "Created /account", "'''",
			"'''zk late", "[zk] set -v 0 /account 60", "'''",
			"'''zk holder", "[zk] set -v 0 /account 70", "version No is not valid : /account",
			"[zk] set -v 1 /account 50", "[zk] get /account", "50", "'''",
		},
	},
	{
		name: "a multi with a check of the znode in the queue refuses the latecomer, whoever writes first",
		says: said("`multi` with a `check`", "带 `check` 的 `multi`", "lock"),
		page: []string{
			"'''zk holder", "[zk] create /account 80", "Created /account", "[zk] create /lock", "Created /lock", "'''",
			"'''zk late", "[zk] create -e -s /lock/w-", "Created /lock/w-0000000000", "[zk] expire",
			"Session expired: a new one has taken its place",
			"[zk] multi check /lock/w-0000000000 ; set /account 60",
			"Nothing was changed: operation 1 of 2, check /lock/w-0000000000: Node does not exist: /lock/w-0000000000", "'''",
			"'''zk holder", "[zk] create -e -s /lock/w-", "Created /lock/w-0000000001",
			"[zk] multi check /lock/w-0000000001 ; set /account 70", "1 check /lock/w-0000000001: ok", "2 set /account: version 1", "'''",
		},
	},
	{
		name: "the event of the znode before one's own is not the lock",
		says: said("`ls` again", "再 `ls`", "lock"),
		page: []string{
			"'''zk first", "[zk] create /lock", "Created /lock", "[zk] create -e -s /lock/w-", "Created /lock/w-0000000000", "'''",
			"'''zk second", "[zk] create -e -s /lock/w-", "Created /lock/w-0000000001", "'''",
			"'''zk third", "[zk] create -e -s /lock/w- third", "Created /lock/w-0000000002", "[zk] stat -w /lock/w-0000000001", "...", "'''",
			"'''zk second", "[zk] delete /lock/w-0000000001", "'''",
			"'''zk third", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/lock/w-0000000001",
			"[zk] ls /lock", "[w-0000000000, w-0000000002]", "'''",
		},
	},
	{
		name: "a watch for a creation is not told when the znode came and went meanwhile",
		says: map[string][2]string{
			"sessions":  {`came and went`, `来了又走`},
			"partition": {`came and went`, `来了又走`},
		},
		page: []string{
			"'''zk waiter", "[zk] stat -w /flag", "Node does not exist: /flag", "'''",
			"'''zk maker", "[zk] server cut waiter", "Cut off: session waiter; nothing passes until it is healed",
			"[zk] server drop waiter", "Dropped: the connection of session waiter, which lives on",
			"[zk] create /flag", "Created /flag", "[zk] delete /flag", "[zk] server heal waiter", "Healed: session waiter", "'''",
			"'''zk waiter", "WATCHER::", "", "WatchedEvent state:Disconnected type:None path:null", "",
			"WATCHER::", "", "WatchedEvent state:SyncConnected type:None path:null",
			"[zk] stat /flag", "Node does not exist: /flag", "'''",
			"'''zk maker", "[zk] create /flag", "Created /flag", "'''", // the watch was kept
			"'''zk waiter", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeCreated path:/flag", "'''",
		},
	},
	{
		name: "a session that is closed fires the watch as one that expires does",
		says: map[string][2]string{
			"master":        {`\*\*closed\s+or\s+expired\*\*`, `\*\*关闭\*\*了还是\*\*过期\*\*`},
			"worker":        {`\*\*closed\*\* fires\s+the\s+watch`, `会话\*\*关闭\*\*和会话过期一样触发监视点`},
			"client":        {`\*\*closed\s+or\s+expired\*\*`, `\*\*关闭或过期\*\*`},
			"master-worker": {`\*closed\* fires the watch, too`, `会话被\*关闭\*也会触发监视点`},
		},
		page: []string{
			"'''zk first", "[zk] create -e /master one", "Created /master", "'''",
			"'''zk backup", "[zk] stat -w /master", "...", "'''",
			"'''zk first", "[zk] close", "'''",
			"'''zk backup", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/master", "'''",
			"'''zk first", "[zk] connect", "[zk] create -e /master one", "Created /master", "'''",
			"'''zk backup", "[zk] stat -w /master", "...", "'''",
			"'''zk first", "[zk] expire", "Session expired: a new one has taken its place", "'''",
			"'''zk backup", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/master", "'''",
		},
	},
	{
		name: "an expired claim is held by one that is merely slow, and every waiter is woken",
		says: said(`(?s)every waiter is woken.*merely\s+slow\*\* holds an expired claim.*no large queue`,
			`(?s)每个等待者都被唤醒.*只是慢\*\*的工作进程持有的认领已过期.*不适合做大队列`, "queue"),
		page: []string{
			"'''zk slow", "[zk] create /task print", "Created /task", "[zk] create -e /claim slow", "Created /claim", "'''",
			"'''zk two", "[zk] get -w /claim", "slow", "'''", "'''zk three", "[zk] get -w /claim", "slow", "'''",
			"'''zk slow", "[zk] expire", "Session expired: a new one has taken its place", "'''",
			"'''zk two", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/claim",
			"[zk] create -e /claim two", "Created /claim", "'''",
			"'''zk three", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/claim",
			"[zk] create -e /claim three", "Node already exists: /claim", "'''",
			"'''zk slow", "[zk] delete /task", "'''", "'''zk two", "[zk] delete /task", "Node does not exist: /task", "'''",
		},
	},
	{
		name: "who watches all children is woken by each; ready is there for one that watched before it entered, and stays",
		says: said(`(?s)everyone\s+would watch all children.*watches it before it enters`, `(?s)人人监视全部子节点.*在入场之前就监视它`, "barrier"),
		page: []string{
			"'''zk slow", "[zk] create /gate", "Created /gate", "[zk] stat -w /gate/ready", "Node does not exist: /gate/ready",
			"[zk] create -e /gate/slow", "Created /gate/slow", "[zk] ls -w /gate", "[slow]", "'''",
			"'''zk fast", "[zk] create -e /gate/fast", "Created /gate/fast", "[zk] create /gate/ready", "Created /gate/ready", "[zk] delete /gate/fast", "'''",
			"'''zk slow", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/gate", "",
			"WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeCreated path:/gate/ready",
			"[zk] ls /gate", "[ready, slow]", "'''", // never two runners
		},
	},
	{
		name: "state is not lost, work in hand is",
		says: map[string][2]string{
			"master":     {`no \*\*state\*\* is missed`, `\*\*状态\*\*不会漏掉`},
			"membership": {`(?s)No \*\*state\*\* is lost.*\*\*work in hand\*\*`, `(?s)\*\*状态\*\*没有漏掉.*\*\*手上的活\*\*`},
		},
		page: []string{
			"'''zk monitor", "[zk] create /members", "Created /members", "'''",
			"'''zk web", "[zk] create -e /members/web", "Created /members/web", "'''",
			"'''zk monitor", "[zk] ls -w /members", "[web]", "[zk] stat /members/web", "cZxid = 0x3", "...", "'''",
			"'''zk web", "[zk] close", "[zk] connect", "[zk] create -e /members/web", "Created /members/web", "'''",
			"'''zk monitor", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeChildrenChanged path:/members",
			"[zk] ls /members", "[web]", "[zk] stat /members/web", "cZxid = 0x6", "...", "'''",
		},
	},
	{
		name: "a create -s whose answer is lost may have happened: the GUID in its name finds it",
		says: said(`(?s)ConnectionLoss.*GUID`, `(?s)ConnectionLoss.*GUID`, "lock", "election", "sequential", "client"),
		page: []string{
			"'''zk client", "[zk] create /q", "Created /q", "[zk] create -s /q/5f2c-", "...", "'''",
			"'''zk again", "[zk] ls /q", "[5f2c-0000000000]", "'''",
		},
	},
	{
		name: "the count of writes begins anew with the znode",
		says: said("`cZxid` tells the two apart", "看 `cZxid` 可以分清", "config"),
		page: []string{
			"'''zk", "[zk] create /c a", "Created /c", "[zk] set /c b", "[zk] delete /c", "[zk] create /c d", "Created /c",
			"[zk] set -v 0 /c e", "'''",
		},
	},
	{
		name: "stat arms a watch on what is absent",
		says: map[string][2]string{
			"master":  {`one that is not there yet too`, `还不存在的也行`},
			"barrier": {`for a znode that is not\s+there`, `对不存在的 znode，.stat -w. 也能设`},
		},
		page: []string{
			"'''zk a", "[zk] stat -w /x", "Node does not exist: /x", "'''", "'''zk b", "[zk] get -w /x", "Node does not exist: /x", "'''",
			"'''zk c", "[zk] create /x", "Created /x", "'''",
			"'''zk a", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeCreated path:/x", "'''",
			"'''zk b", "[zk] ls /x", "[]", "'''",
		},
	},
	{
		name: "a session that crashes is not told of its own znode, one that is closed is",
		page: []string{
			"'''zk one", "[zk] create -e /master one", "Created /master", "[zk] stat -w /master", "...", "'''",
			"'''zk other", "[zk] stat -w /master", "...", "'''",
			"'''zk one", "[zk] crash", "...", "'''",
			"'''zk other", "WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/master", "'''",
			"'''zk one", "[zk] connect", "[zk] create -e /master one", "Created /master", "[zk] stat -w /master", "...", "[zk] close", "",
			"WATCHER::", "", "WatchedEvent state:SyncConnected type:NodeDeleted path:/master", "'''",
		},
	},
	// What is not ZooKeeper's doing has no page: it is only to be said.
	{name: "the application opens a new session, Apache's client does not", says: map[string][2]string{
		"lock":      {`opens \*\*no new session\s+by\s+itself\*\*: the application does`, `不会自己开新会话\*\*，要由应用程序来开`},
		"sessions":  {`opens no new session by\s+itself`, `不会自己开新会话`},
		"partition": {`session is opened by the application`, `新会话要由应用程序来开`},
	}},
	{name: "the timeout is the negotiated one, the server bounds it", says: map[string][2]string{
		"membership": {`(?s)\*\*negotiated\*\* timeout.*the server bounds it`, `\*\*协商\*\*的超时：会话提出要求，服务器限定范围`},
		"sessions":   {`(?s)\*\*negotiated\*\* one, which the server\s+bounds`, `\*\*协商\*\*出来的，服务器为它设了上下限`},
		"master":     {`was negotiated`, `协商好的`},
	}},
	{name: "host data is optional", says: said(`optional`, `并非必须`, "master", "worker", "client", "master-worker")},
	{name: "a bootstrap program may make the parents", says: said(`bootstrap\s+program`, `引导程序`, "master", "worker", "client", "master-worker")},
	{name: "a worker names itself by its host", says: said(`names\s+itself\s+by\s+its\s+host`, `用主机名标识自己`, "master", "worker", "client", "master-worker")},
	{name: "tasks may be anything", says: said(`(?i)task may be\s+anything|tasks may be anything`, `任务可以是任何事`, "master", "worker", "client", "master-worker")},
}

// What the lessons say is so: each claim that can be played is, on the embedded
// server and on Debian's ZooKeeper.
func TestClaimsArePlayed(t *testing.T) {
	real := zktest.Start(t)
	for _, c := range claims {
		if c.page == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			src := strings.ReplaceAll("---\ndialect: 3.8\n---\n"+strings.Join(c.page, "\n")+"\n", "'''", "```")
			own, err := embeddedServer()
			if err != nil {
				t.Fatal(err)
			}
			playClaim(t, src, own)
			if strings.Contains(src, "] server ") {
				return // only the embedded server can be told to
			}
			theirs, err := borrowedServer(t.Context(), Options{Target: session.Target{Connect: real.Addr()}}, "claim")
			if err != nil {
				t.Fatal(err)
			}
			playClaim(t, src, theirs)
		})
	}
}

func playClaim(t *testing.T, src string, srv *lessonServer) {
	t.Helper()
	page, err := transcript.Parse("claim.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	res, err := transcript.Run(t.Context(), page, transcript.Options{Target: session.Target{Connect: srv.target.Connect, Timeout: srv.target.Timeout}, Control: srv.control})
	if err = errors.Join(err, srv.close(nil)); err != nil {
		t.Fatal(err)
	}
	if len(res.Diffs) > 0 {
		t.Errorf("on %s:\n%v", srv.target.Connect, res)
	}
}

// Each claim stands in the lessons that are about it, in both languages.
func TestClaimsAreMade(t *testing.T) {
	for _, c := range claims {
		for name, wordings := range c.says {
			for i, language := range []string{English, Chinese} {
				l, err := Find(name, language)
				if err != nil {
					t.Fatal(err)
				}
				var told strings.Builder
				for _, s := range l.Steps {
					told.WriteString(s.Narration + "\n")
				}
				if text := strings.Join(strings.Fields(told.String()+l.Closing), " "); !regexp.MustCompile(wordings[i]).MatchString(text) {
					t.Errorf("%s does not say that %s: no %s", l.label(), c.name, wordings[i])
				}
			}
		}
	}
}

// A lock or a lead is taken after a look at the queue, not on the event of the znode
// before one's own.
func TestLocksAreTakenAfterALook(t *testing.T) {
	for _, name := range []string{"lock", "election"} {
		l, err := Find(name, English)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for i := range l.Steps {
			s := &l.Steps[i]
			if !s.Waits || !strings.Contains(strings.Join(s.Shows, "\n"), "NodeDeleted") {
				continue
			}
			told++
			next := slices.IndexFunc(l.Steps[i+1:], func(o Step) bool { return o.Session == s.Session && o.Command != "" })
			if next < 0 || commandName(l.Steps[i+1+next].Command) != "ls" {
				t.Errorf("%s: after the event of step %d, %s does not list the queue", l.label(), i+1, s.Session)
			}
		}
		if told < 2 {
			t.Errorf("%s: %d events: is the test still one?", l.label(), told)
		}
	}
}

// In the last part of the lesson on locks, where every writer checks, each write to
// the account does.
func TestEveryWriterOfTheLockLessonChecks(t *testing.T) {
	l, err := Find("lock", English)
	if err != nil {
		t.Fatal(err)
	}
	from := slices.IndexFunc(l.Steps, func(s Step) bool { return strings.Contains(s.Narration, "## Every writer checks") })
	if from < 0 {
		t.Fatal("there is no such part")
	}
	writers := map[string]bool{}
	for _, s := range l.Steps[from:] {
		switch name := commandName(s.Command); {
		case name == "set" && !strings.Contains(s.Command, "-v "), name == "multi" && !strings.Contains(s.Command, "check "):
			t.Errorf("%s does not check: %s", s.Session, s.Command)
		case name == "set" || name == "multi":
			writers[s.Session] = true
		}
	}
	if len(writers) < 2 {
		t.Errorf("only %v write", writers)
	}
}

// What is told before a step fits into the pane at 80x24: the manual's page
// writing-lessons says how much that is.
func TestNarrationsAreShort(t *testing.T) {
	for _, l := range everyLesson(t) {
		for i, s := range l.Steps {
			if i == 0 {
				continue // the page's opening, which is scrolled
			}
			han := 0
			for _, r := range s.Narration {
				if unicode.Is(unicode.Han, r) {
					han++
				}
			}
			if words := len(strings.Fields(s.Narration)); l.Language == English && words > 60 || han > 100 {
				t.Errorf("%s: step %d: %d words, %d Chinese characters: %.60q", l.label(), i+1, words, han, s.Narration)
			}
		}
	}
}

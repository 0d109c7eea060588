package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zoosh/internal/english"
	"zoosh/internal/fault"
	"zoosh/internal/session"
)

// What a member said to a four-letter word.
type said struct {
	member session.Member
	text   string
	err    error // why there is no answer, for people
}

// notServing tells whether the answer is that there is none while there is no quorum.
func (s said) notServing() bool { return s.err == nil && session.NotServing(s.text) }

// problem is why the member did not say what it was asked for; nil if it did.
func (s said) problem() error {
	if s.notServing() {
		return fmt.Errorf("%s: %s", s.member, strings.TrimSpace(s.text))
	}
	return s.err
}

// A strangeError is an answer that is none to the word that was asked.
type strangeError struct {
	said
	word string
}

// Error implements error.
func (e *strangeError) Error() string {
	return fmt.Sprintf("%s does not answer %s as a ZooKeeper does: %s", e.member, e.word, shorten([]byte(strings.TrimSpace(e.text))))
}

// members are all that the connect string stands for.
func (c *Call) members() []session.Member {
	c.sh.mu.Lock()
	servers, find := c.sh.servers, c.sh.resolve
	c.sh.mu.Unlock()
	return session.Members(c.ctx, servers, find)
}

// askAll asks all members at once.
func (c *Call) askAll(word string) []said { return c.askEach(c.members(), word) }

func (c *Call) askEach(members []session.Member, word string) []said {
	ctx, cancel := context.WithTimeout(c.ctx, c.sh.timeout())
	defer cancel()
	return askMembers(ctx, c.sh.Target().Security, members, word)
}

// askMembers asks members at once; their answers stand in the order of the members.
func askMembers(ctx context.Context, sec session.Security, members []session.Member, word string) []said {
	answers, waits := make([]said, len(members)), make([]func(), len(members))
	for i, m := range members {
		waits[i] = fault.Go(func() {
			text, err := sec.Ask(ctx, m, word)
			if err == nil && notAllowed.MatchString(text) {
				text, err = "", fmt.Errorf("%s does not allow %s (its 4lw.commands.whitelist)", m, word)
			}
			answers[i] = said{m, text, err}
		})
	}
	for _, wait := range waits {
		wait()
	}
	return answers
}

// eachMember shows what each member answers to a word. A member that does not answer or
// does not serve is a failure, and keeps nobody from seeing the others.
func (c *Call) eachMember(word string, show func(said) error) error {
	var errs []error
	failed := false
	for _, s := range c.askAll(word) {
		if s.err != nil {
			errs = append(errs, s.err)
			continue
		}
		failed = failed || s.notServing()
		var strange *strangeError
		if err := show(s); errors.As(err, &strange) {
			errs = append(errs, err)
		} else if err != nil {
			return err
		}
	}
	switch {
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case len(errs) > 0:
		return failf("%v", errors.Join(errs...))
	case failed:
		return &failure{code: exitFailed} // it has been shown
	}
	return nil
}

// oneMember asks one member a word: the first that serves, or else the first that
// answers, so that one which hangs or has no quorum is not in the way.
func (c *Call) oneMember(word string) (said, error) {
	members := c.members()
	if len(members) > 1 {
		chosen := slices.MinFunc(askFirst(c.ctx, c.sh.Target().Security, members), func(a, b said) int { return a.rank() - b.rank() })
		members = []session.Member{chosen.member}
	}
	s := c.askEach(members, word)[0]
	switch {
	case c.ctx.Err() != nil:
		return s, c.ctx.Err()
	case s.err != nil:
		return s, failf("%v", s.err)
	}
	return s, nil
}

// rank orders members by what they say: those that serve, those that do not now, those
// that do not answer.
func (s said) rank() int {
	switch {
	case s.err != nil:
		return 2
	case s.notServing():
		return 1
	}
	return 0
}

// lateWait is how long others may still be waited for when one has answered.
const lateWait = 300 * time.Millisecond

// askFirst asks all members for srvr, and does not wait long for those that are slow
// once one of them serves.
func askFirst(ctx context.Context, sec session.Security, members []session.Member) []said {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := make(chan struct{})
	answers := make([]said, len(members))
	came := make(chan int, len(members))
	for i, m := range members {
		go func() {
			answers[i].member = m
			answers[i].err = fault.Do(func() error {
				answers[i] = askMembers(ctx, sec, []session.Member{m}, "srvr")[0]
				return answers[i].err
			})
			came <- i
		}()
	}
	for range members {
		i := <-came
		if answers[i].rank() > 0 {
			continue
		}
		select {
		case <-late:
		default:
			close(late)
			time.AfterFunc(lateWait, cancel)
		}
	}
	return answers
}

// unasked says that the ensemble has members that were not asked, or may have, unless
// that some did not say has been told; nil if all have been.
func (c *Call) unasked(asked []said, told bool) error {
	distinct := distinctMembers(asked)
	if n := c.configured(); n > 0 {
		if distinct < n {
			return fmt.Errorf("the ensemble has %s, of which %s asked (a connect string that names them all asks them all)",
				english.Count(n, "member"), english.CountOf(distinct, "was", "were"))
		}
		return nil
	}
	if told {
		return nil
	}
	return c.unaskedByMode(asked, distinct)
}

// configured is how many members the ensemble's configuration names; 0 if that is not
// known. A server that stands alone has none.
func (c *Call) configured() (n int) {
	if c.zk == nil || !alive(c.zk) || c.zk.State() == session.Connecting {
		return 0
	}
	ctx, cancel := context.WithTimeout(c.ctx, session.MemberWait)
	defer cancel()
	data, _, err := c.zk.EnsembleConfig(ctx, nil)
	if err != nil {
		return 0
	}
	for key := range properties(string(data)) {
		if strings.HasPrefix(key, "server.") {
			n++
		}
	}
	return n
}

// unaskedByMode is unasked where there is no configuration to be read, as before 3.5:
// the leader knows how many follow it. Who did not answer before is not asked again.
func (c *Call) unaskedByMode(asked []said, distinct int) error {
	var members []session.Member
	for _, s := range asked {
		if s.problem() == nil {
			members = append(members, s.member)
		}
	}
	alone := true
	for _, s := range c.askEach(members, "srvr") {
		mode := ""
		for _, f := range readFigures(s.text, ":") {
			if f.name == "Mode" {
				mode = f.value
			}
		}
		switch mode {
		case "standalone":
			continue
		case "leader":
			if n := c.ledBy(s.member); n > distinct {
				return fmt.Errorf("the ensemble has %s, of which %s asked", english.Count(n, "member"), english.CountOf(distinct, "was", "were"))
			} else if n > 0 {
				return nil
			}
		}
		alone = false
	}
	if !alone {
		return errors.New("whether the ensemble has other members is not known")
	}
	return nil
}

// ledBy is how many members a leader and those that follow it are; 0 if it does not
// tell.
func (c *Call) ledBy(leader session.Member) (n int) {
	for _, f := range readFigures(c.askEach([]session.Member{leader}, "mntr")[0].text, "\t") {
		if f.name == "zk_followers" || f.name == "zk_learners" { // those of 3.4, and since 3.6
			followers, err := strconv.ParseFloat(f.value, 64)
			if err == nil && followers >= 0 && followers < 1000 {
				n = max(n, 1+int(followers))
			}
		}
	}
	return n
}

// distinctMembers counts members, one that has several names once: two that list the
// same connection are one.
func distinctMembers(answers []said) int {
	type connection struct {
		id      int64
		address string
	}
	seen := map[connection]int{}
	n := 0
	for i, s := range answers {
		clients, same := clientSet{}, false
		parseCons(s.text, "", clients)
		for id, cl := range clients {
			first, ok := seen[connection{id, cl.address}]
			if same = same || ok && first != i; !ok {
				seen[connection{id, cl.address}] = i
			}
		}
		if !same {
			n++
		}
	}
	return n
}

// The waits of soon: until it looks after the member that keeps it waiting, and for
// that.
const (
	soonWait  = 500 * time.Millisecond
	soonProbe = session.MemberWait - soonWait
)

// soon does what needs the session, and gives it up if the member that the session is
// on hangs: it takes no connection and no word either.
func (c *Call) soon(do func(*Call) error) error {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	within := *c
	within.ctx = ctx
	done := make(chan error, 1)
	go func() { done <- fault.Do(func() error { return do(&within) }) }()
	select {
	case err := <-done:
		return err
	case <-time.After(soonWait):
	}
	hung := make(chan error, 1)
	go func() { hung <- fault.Do(func() error { return c.hangs(ctx) }) }()
	for {
		select {
		case err := <-done:
			return err
		case err := <-hung:
			if hung = nil; err != nil {
				cancel()
				<-done
				if fault.Of(err) != nil {
					return err
				}
				return notKnown("%v", err)
			}
		}
	}
}

// hangs is what is wrong with the member that the session is on, or is tried on, if it
// answers nothing at all.
func (c *Call) hangs(ctx context.Context) error {
	server := c.zk.Server()
	if server == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, soonProbe)
	defer cancel()
	_, err := c.sh.Target().Security.Ask(ctx, session.Member{Server: server}, "srvr")
	if ctx.Err() == nil || c.ctx.Err() != nil {
		return nil // it has answered, if only by closing the connection
	}
	return err
}

// notKnown is the failure of a command that could not look.
func notKnown(format string, args ...any) error {
	return &failure{msg: fmt.Sprintf(format, args...), code: exitUnknown}
}

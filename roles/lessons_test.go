package roles

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zoosh/internal/session"
	"zoosh/internal/zktest"
	"zoosh/shell/transcript"
)

// everyLesson is all lessons in all languages.
func everyLesson(t *testing.T) []*Lesson {
	t.Helper()
	all, err := library()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (l *Lesson) label() string { return l.Name + "." + l.Language }

func TestLessonsAreThere(t *testing.T) {
	for _, language := range []string{English, Chinese} {
		for _, name := range []string{"master", "worker", "client", "master-worker"} {
			l, err := Find(name, language)
			switch {
			case err != nil:
				t.Error(err)
			case l.Language != language:
				t.Errorf("%s is there in %s only", name, l.Language)
			case l.Summary == "" || l.Title == "" || l.Order == 0:
				t.Errorf("%s lacks a title, a summary or its place: %q, %q, %d", l.label(), l.Title, l.Summary, l.Order)
			}
		}
	}
}

// The languages of a lesson differ in what is told alone.
func TestLanguagesAgree(t *testing.T) {
	by := map[string]map[string]*Lesson{}
	for _, l := range everyLesson(t) {
		if by[l.Name] == nil {
			by[l.Name] = map[string]*Lesson{}
		}
		by[l.Name][l.Language] = l
	}
	for name, of := range by {
		en, zh := of[English], of[Chinese]
		if en == nil || zh == nil {
			t.Errorf("%s is not there in both languages", name)
			continue
		}
		if en.Order != zh.Order || en.Page.FrontMatter["dialect"] != zh.Page.FrontMatter["dialect"] || en.Page.FrontMatter["needs"] != zh.Page.FrontMatter["needs"] {
			t.Errorf("%s: place %d and %d, dialect %q and %q", name, en.Order, zh.Order, en.Page.FrontMatter["dialect"], zh.Page.FrontMatter["dialect"])
		}
		if len(en.Page.Blocks) != len(zh.Page.Blocks) || len(en.Steps) != len(zh.Steps) {
			t.Errorf("%s: %d and %d blocks, %d and %d steps", name, len(en.Page.Blocks), len(zh.Page.Blocks), len(en.Steps), len(zh.Steps))
			continue
		}
		for i := range en.Steps {
			a, b := &en.Steps[i], &zh.Steps[i]
			where := en.Page.Steps[i].Line
			if a.Session != b.Session || a.Command != b.Command || !slices.Equal(a.Shows, b.Shows) {
				t.Errorf("%s:%d: step %d is another in Chinese (line %d)", en.Page.File, where, i+1, zh.Page.Steps[i].Line)
			}
			if (a.Goal == "") != (b.Goal == "") || len(a.Hints) != len(b.Hints) || (a.Narration == "") != (b.Narration == "") {
				t.Errorf("%s:%d: step %d has other goals, hints or narration in Chinese", en.Page.File, where, i+1)
			}
		}
		if (en.Closing == "") != (zh.Closing == "") {
			t.Errorf("%s has its closing words in one language only", name)
		}
	}
}

// atOnce is how many lessons are played at the same time. They spend it waiting for
// crashes to be noticed: t.Parallel, which goes by processors, would take longer.
const atOnce = 10

// together does something with every lesson of a language, or of all, and says what
// is wrong with which.
func together(t *testing.T, language string, do func(n int, l *Lesson) error) {
	t.Helper()
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for n, l := range everyLesson(t) {
		if language != "" && l.Language != language {
			continue
		}
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := do(n, l); err != nil {
				t.Errorf("%s: %v", l.label(), err)
			}
		})
	}
	all.Wait()
}

// playAll plays a lesson to its end and wants every mark to be right.
func playAll(ctx context.Context, l *Lesson, opt Options) (err error) {
	r := newLessonRun(l, opt)
	defer func() { err = errors.Join(err, r.x.Close()) }()
	if err := r.tell(ctx, Start{}); err != nil {
		return err
	}
	for r.Current() != nil {
		if err := r.tell(ctx, Next{}); err != nil {
			return err
		}
		if n := r.Next() - 1; r.Mark(n) == Wrong {
			return fmt.Errorf("step %d is wrong: %v", n+1, r.Diffs(n))
		}
	}
	if right := r.Count(Right); right != len(l.Steps) {
		return fmt.Errorf("%d of %d marks are right", right, len(l.Steps))
	}
	return nil
}

func TestEveryLesson(t *testing.T) {
	together(t, "", func(_ int, l *Lesson) error { return playAll(t.Context(), l, Options{}) })
}

// On Debian's ZooKeeper lessons that are played at the same time do not meet, and
// nothing is left behind.
func TestEveryLessonOnZooKeeper(t *testing.T) {
	server := zktest.Start(t)
	together(t, "", func(_ int, l *Lesson) error {
		err := playAll(t.Context(), l, Options{Target: session.Target{Connect: server.Addr()}})
		if l.Page.NeedsEmbedded() && errors.Is(err, transcript.ErrNeedsEmbedded) {
			return nil // and nothing is to be left of it either
		}
		return err
	})
	zk, err := session.Open(session.Config{Servers: []string{server.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	defer zk.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := zk.WaitConnected(ctx); err != nil {
		t.Fatal(err)
	}
	if children, _, err := zk.Children(ctx, "/", nil); err != nil || !slices.Equal(children, []string{"zookeeper"}) {
		t.Errorf("left behind: %q, %v", children, err)
	}
}

// mutationsEach is how many lines of a lesson are changed, one at a time.
const mutationsEach = 2

// A lesson in which a command or a line of output is another one does not pass, and
// says where.
func TestChangedLessonsFail(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	together(t, English, func(n int, l *Lesson) error {
		chance := rand.New(rand.NewPCG(seed, uint64(n)))
		var errs []error
		for range mutationsEach {
			errs = append(errs, changeAndPlay(t.Context(), l, chance))
		}
		return errors.Join(errs...)
	})
}

// A change is a line of a page, from 1, and what is to stand there.
type change struct {
	line int
	text string
}

// changesOf is all changes of a line that must be noticed: commands that become
// unknown ones, lines of output that get another end.
func changesOf(l *Lesson) []change {
	lines := strings.Split(string(l.Page.Bytes()), "\n")
	var all []change
	for i := range l.Page.Steps {
		s := &l.Page.Steps[i]
		if s.Command != "" {
			text := lines[s.Line-1]
			all = append(all, change{s.Line, strings.Replace(text, "] "+s.Command, "] x"+s.Command, 1)})
		}
		for _, out := range s.Output {
			free := out.Text == "" || out.Text == "..." || strings.HasPrefix(out.Text, "[zk") || strings.HasSuffix(out.Text, "(glob)") ||
				strings.HasSuffix(out.Text, "(re)") || strings.Contains(out.Text, "time = ") || strings.Contains(out.Text, "type:None")
			if !free && out.Text != "WATCHER::" {
				all = append(all, change{out.Number, strings.TrimRight(lines[out.Number-1], "\r") + "!"})
			}
		}
	}
	return all
}

// changeAndPlay makes one of the changes.
func changeAndPlay(ctx context.Context, l *Lesson, chance *rand.Rand) error {
	all := changesOf(l)
	c := all[chance.IntN(len(all))]
	lines := strings.Split(string(l.Page.Bytes()), "\n")
	before := lines[c.line-1]
	lines[c.line-1] = c.text
	if before == c.text {
		return fmt.Errorf("%s:%d: %q was not changed", l.Page.File, c.line, before)
	}
	page, err := transcript.Parse(l.Page.File, []byte(strings.Join(lines, "\n")))
	if err != nil {
		return err
	}
	res, err := transcript.Run(ctx, page, transcript.Options{EventTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(res.Diffs, func(d transcript.Diff) bool { return d.Line >= c.line-2 && d.Line <= c.line+1 }) {
		return fmt.Errorf("%s:%d: %q instead of %q was not found wrong there:\n%v", l.Page.File, c.line, c.text, before, res)
	}
	return nil
}

package shell

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// askedOf runs lines and returns the questions, and the words that were asked for.
func askedOf(t *testing.T, x *tester, answer bool, lines ...string) (questions, words []string) {
	t.Helper()
	x.sh.cfg.Ask = func(_ context.Context, q string) (bool, error) {
		questions, words = append(questions, q), append(words, "")
		return answer, nil
	}
	x.sh.cfg.AskWord = func(_ context.Context, q, word string) (bool, error) {
		questions, words = append(questions, q), append(words, word)
		return answer, nil
	}
	for _, line := range lines {
		x.run(line)
	}
	return questions, words
}

// Every question names the server, the path, how many znodes, and whose the ephemerals
// are; -y asks none.
func TestConfirmationsNameWhatGoes(t *testing.T) {
	for _, d := range []Dialect{D34, D39} {
		x := planted(t, Config{Dialect: d})
		file := filepath.Join(t.TempDir(), "app.json")
		x.run("export /app " + file)
		x.run("create -e /app/config/mine 1")
		addr := x.srv.Addr()
		for _, tt := range []struct{ line, want string }{
			{"deleteall /app/workers", "Delete /app/workers on " + addr + ": 3 znodes, 2 of them ephemeral: /app/workers/w1, /app/workers/w2 of this session?"},
			{"rmr /app/workers", "Delete /app/workers on " + addr + ": 3 znodes, 2 of them ephemeral: /app/workers/w1, /app/workers/w2 of this session?"},
			{"import -f " + file + " /app", "Create 0 znodes and overwrite 4 at /app on " + addr + "?"},
		} {
			if d == D39 && strings.HasPrefix(tt.line, "rmr") {
				continue // gone
			}
			questions, words := askedOf(t, x, false, tt.line)
			if len(questions) != 1 || questions[0] != tt.want || words[0] != "" {
				t.Errorf("%v %s asks %q, want %q", d, tt.line, questions, tt.want)
			}
			name, rest, _ := strings.Cut(tt.line, " ")
			if questions, _ := askedOf(t, x, true, name+" -y -dry-run "+rest); name != "rmr" && len(questions) != 0 {
				t.Errorf("%s -y asks %q", name, questions)
			}
		}
		x.run("create /move 1")
		x.run("create /move/it 1")
		if questions, _ := askedOf(t, x, false, "mv /move /moved"); len(questions) != 1 ||
			questions[0] != "Move to /moved what is /move on "+addr+": 2 znodes?" {
			t.Errorf("mv asks %q", questions)
		}
		if questions, _ := askedOf(t, x, true, "mv -y /move /moved"); len(questions) != 0 {
			t.Errorf("mv -y asks %q", questions)
		}
	}
}

// Of a profile's server the question says the name, too.
func TestConfirmationNamesTheProfile(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	x.sh.at.ProfileName = "prod"
	questions, _ := askedOf(t, x, false, "deleteall /app")
	if want := "Delete /app on prod (" + x.srv.Addr() + "): 6 znodes"; len(questions) != 1 || !strings.HasPrefix(questions[0], want) {
		t.Errorf("%q", questions)
	}
}

// The ephemerals of others are named with their owners and those's addresses, the
// sessions that own most first, and the rest counted.
func TestConfirmationNamesOwners(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	taken := x.sh.taken("/app")
	taken.Znodes = 100
	for session := range 6 {
		for i := range 10 - session {
			taken.owns(int64(session+1), fmt.Sprintf("/app/%d-%d", session+1, i))
		}
	}
	taken.clients = clientSet{2: {id: 2, address: "10.0.0.2:4711"}}
	want := "/app on " + x.srv.Addr() + ": 100 znodes, 45 of them ephemeral: " +
		"/app/1-0, /app/1-1, /app/1-2 and 7 more of session 0x1; /app/2-0, /app/2-1, /app/2-2 and 6 more of session 0x2 (10.0.0.2:4711); " +
		"/app/3-0, /app/3-1, /app/3-2 and 5 more of session 0x3; /app/4-0, /app/4-1, /app/4-2 and 4 more of session 0x4; and those of 2 other sessions"
	if got := taken.Says(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// More than 1,000 znodes are taken only for the last part of the path.
func TestMuchIsConfirmedByItsName(t *testing.T) {
	x := planted(t, Config{Dialect: D34})
	plant := func(path string, n int) {
		t.Helper()
		x.do("create " + path + " 1")
		for from := 0; from < n-1; from += 500 {
			line := "multi"
			for i := from; i < min(from+500, n-1); i++ {
				line += fmt.Sprintf(" create %s/%d x ;", path, i)
			}
			x.do(strings.TrimSuffix(line, " ;"))
		}
	}
	plant("/few", TypedFrom)
	plant("/deep", 1)
	plant("/deep/much", TypedFrom+1)
	file := filepath.Join(t.TempDir(), "much.json")
	x.run("export /deep/much " + file)
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ line, word string }{
		{"deleteall /few", ""}, {"rmr /few", ""}, {"mv /few /fewer", ""},
		{"deleteall /deep/much", "much"}, {"rmr /deep/much", "much"}, {"mv /deep/much /moved", "much"},
		{"import -f " + file + " /deep/much", "much"}, {"import " + file + " /copy", "copy"},
		{"deleteall /", "/"},
	} {
		questions, words := askedOf(t, x, false, tt.line)
		if len(words) != 1 || words[0] != tt.word {
			t.Errorf("%s asks %q for %q, want %q", tt.line, questions, words, tt.word)
		}
	}
	x.want("count /deep/much", fmt.Sprintln(TypedFrom+1), "", 0)
	askedOf(t, x, true, "deleteall /deep/much")
	x.want("exists /deep/much", "false\n", "", 1)
}

func TestIsWord(t *testing.T) {
	for _, tt := range []struct {
		answer, word string
		right        bool
	}{
		{"app", "app", true}, {" app \n", "app", true}, {"ap", "app", false}, {"App", "app", false}, {"y", "app", false},
		{"", "app", false}, {"", "", false}, {"/", "/", true}, {`a\x1bb`, "a\x1bb", true}, {"工人", "工人", true}, {"a b", " a b ", true},
	} {
		if got := IsWord(tt.answer, tt.word); got != tt.right {
			t.Errorf("%q for %q: %v", tt.answer, tt.word, got)
		}
	}
}

// What the tree asks is what the prompt does.
func TestSurveyIsTheQuestion(t *testing.T) {
	x := planted(t, Config{Dialect: D39})
	questions, _ := askedOf(t, x, false, "deleteall /app")
	taken, err := x.sh.Survey(t.Context(), x.sh.Session(), "/app")
	if err != nil || len(questions) != 1 || "Delete "+taken.Says()+"?" != questions[0] {
		t.Errorf("%v: %q, and the prompt %q", err, taken.Says(), questions)
	}
}

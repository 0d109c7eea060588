package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestComplete(t *testing.T) {
	srv := startServer(t, 0)
	dir := twoProfiles(t, srv)
	if _, errOut, code := zoosh(t, "create /app x\ncreate /app/mine y\ncreate '/two words' z\n", "-server", srv.Addr()); code != 0 {
		t.Fatal(errOut)
	}
	if _, errOut, code := zoosh(t, "", "@prod", "setAcl", "/", "auth::r"); code != 0 {
		t.Fatal(errOut)
	}
	for _, tt := range []struct {
		words string // with | between them
		want  string // some of the candidates, and what must not be among them behind !
	}{
		{"", "+@dev +@prod +play +ls +create !complete !-plain"},
		{"@", "+@dev +@prod !play"},
		{"@prod|p", "+play +printwatches !@prod"},
		{"-", "+-server +-plain +-help !ls"},
		{"-server|", "+@prod !ls"},
		{"-server=", "+-server=@prod"},
		{"-plain|s", "+serve +set"}, // -plain takes no value
		{"-dialect|", "+3.4 +auto"},
		{"--dialect|3.", "+3.9"},
		{"get|", "-/"},
		{"@dev|get|/", "-/app -/zookeeper"},
		{"get|/", "-/app"}, // the default profile's server
		{"@dev|get|/two", "-/two words"},
		{"@dev|get|/two w", "-/two words"},
		{"@prod|get|/", "-/mine"}, // as ann
		{"-server|" + srv.Addr() + "/app|get|/", "!-/mine"},
		{"-server|127.0.0.1:1|get|/", "!-/app"},
		{"-server|:::|get|/", "!-/app"},
		{"@nope|get|/", "!-/app"},
		{"-embedded|get|/", "!-/app"},
		{"get|-", "+-s +-w"},
		{"help|ge", "+get +getAcl"},
		{"help|wat", "+watch +watches"},
		{"man|", "+watches !+ls"},
		{"man|watches|", "!+json"},
		{"dialect|", "+3.4"},
		{"nosuch|", "!ls"},
		{"@dev|get|/no'such\"/", "!-/app"},
		{"play|", "+master @files"},
		{"play|master|", "!+master"},
		{"play|-speed|", "!+master"},
		{"play|-lang|", "+en +zh"},
		{"test|@prod|", "@files"},
		{"test|-", "+-update +-server"},
		{"record|", "@files"},
		{"record|x.md|", "!@files"},
		{"serve|", "!@files"},
		{"export|/app|", "@files !-/"},
		{"@dev|import|-f|", "@files"},
		{"@dev|import|x.json|/a", "-/app !@files"},
		{"@dev|diff|/a", "-/app !@files"},
		{"diff|serve_t", "+serve_test.go !@files"},
		{"reconfig|-file|", "@files"},
		{"completion|", "+bash +fish +zsh"},
	} {
		out, errOut, code := zoosh(t, "", append([]string{"complete", "zsh"}, strings.Split(tt.words, "|")...)...)
		if code != 0 || errOut != "" {
			t.Errorf("%q: code %d, err %q", tt.words, code, errOut)
		}
		var got []string
		for line := range strings.Lines(out) {
			parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			got = append(got, strings.Join(parts[:min(2, len(parts))], ""))
		}
		wants := strings.Fields(tt.want)
		if strings.Contains(tt.want, " words") {
			wants = []string{tt.want}
		}
		for _, want := range wants {
			want, not := strings.CutPrefix(want, "!")
			if not && !strings.ContainsAny(want[:1], "+-@") {
				want = "+" + want
			}
			if slices.Contains(got, want) == not {
				t.Errorf("%q: %q, want %s", tt.words, got, tt.want)
			}
		}
	}
	// A command for a credential may ask for something: it is not run.
	mark := dir + "/ran"
	configure(t, fmt.Sprintf("[profiles.prod]\nservers = [%q]\n[[profiles.prod.auth]]\nscheme = 'digest'\ncommand = 'touch %s; exit 1'\n", srv.Addr(), mark))
	zoosh(t, "", "complete", "zsh", "@prod", "get", "/")
	if _, err := os.Stat(mark); err == nil {
		t.Error("completion ran the command that gives a credential")
	}
}

func TestBashReplies(t *testing.T) {
	srv := startServer(t, 0)
	twoProfiles(t, srv)
	if _, errOut, code := zoosh(t, "create '/two words' z\ncreate /a:b x\ncreate /it's x\n", "@dev"); code != 0 {
		t.Fatal(errOut)
	}
	const breaks = " \t\n\"'@><=;|&(:"
	for _, tt := range []struct{ line, want string }{
		{"zoosh @p", "@prod \n"},
		{"zoosh  -server   @p", "@prod \n"},
		{"zoosh -dialect=3.4", "3.4 \n"},
		{"zoosh -server=@p", "@prod \n"},
		{"zoosh @dev get /two", "/two\\ words\n"},
		{`zoosh @dev get /two\ w`, "/two\\ words\n"},
		{`zoosh @dev get "/two w`, "/two words\n"},
		{`zoosh @dev get '/two w`, "/two words\n"},
		{`zoosh @dev get "/it`, "/it's\n"},
		{`zoosh @dev get '/it`, ""}, // not within such quotes
		{"zoosh @dev get /it", "/it\\'s\n"},
		{"zoosh @dev get /a", "/a:b\n"},
		{"zoosh @dev get /a:", "b\n"},
		{`zoosh "@p`, "@prod\" \n"},
		{"zoosh '@p", "@prod' \n"},
		{"zoosh serve ", ""},
		{"zoosh test x", "@files\n"},
		{"zoosh", ""},
		{"", ""},
	} {
		if out, errOut, code := zoosh(t, "", "complete", "bash", tt.line, breaks); out != tt.want || errOut != "" || code != 0 {
			t.Errorf("%q: code %d, out %q, err %q; want %q", tt.line, code, out, errOut, tt.want)
		}
	}
}

func TestCompletionCalls(t *testing.T) {
	for _, args := range [][]string{{"completion"}, {"completion", "tcsh"}, {"completion", "bash", "zsh"}, {"complete"}, {"complete", "zsh"}} {
		if out, errOut, code := zoosh(t, "", args...); code != 2 || out != "" || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%q: code %d, out %q, err %q", args, code, out, errOut)
		}
	}
}

// A shell's user does not wait for zoosh: a completion takes hardly more of a processor
// than the start of the program. BenchmarkComplete has the figure.
func TestCompletionIsQuick(t *testing.T) {
	configure(t, "[profiles.a]\nservers = ['localhost']\n")
	least := func(want string, args ...string) time.Duration {
		least := time.Hour
		for range 5 {
			cmd := process(t, args...)
			out, err := cmd.Output()
			if err != nil || !strings.HasPrefix(string(out), want) {
				t.Fatalf("%q: %q, %v", args, out, err)
			}
			least = min(least, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
		return least
	}
	start := least("zoosh", "-version")
	if took := least("+\t@a\tlocalhost\n", "complete", "zsh", "@"); took > 2*start+100*time.Millisecond {
		t.Errorf("it takes %v, the start of the program %v", took, start)
	}
}

func BenchmarkComplete(b *testing.B) {
	for b.Loop() {
		cmd := process(b, "complete", "zsh", "get")
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzBashWords(f *testing.F) {
	f.Add(`zoosh "a b" 'c d' e\ f g:h=@i`)
	f.Fuzz(func(t *testing.T, line string) {
		words, last := bashWords(line, " \t\n\"'@><=;|&(:")
		if end := words[len(words)-1]; last.from > len(end) {
			t.Errorf("%q: what is replaced begins at %d of %q", line, last.from, end)
		}
	})
}

// What the scripts hand over is what bash has for the words.
func TestBashWords(t *testing.T) {
	path, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	for _, line := range []string{`zoosh get /a`, `zoosh  "a b"  'c"d' e\ f`, `zoosh "a\"b" 'a\b'`, `zoosh a"b c"d ''  x`} {
		out, err := exec.Command(path, "-c", `printf '%s\n' `+line).Output()
		if err != nil {
			t.Fatal(err)
		}
		words, _ := bashWords(line, "")
		if got := strings.Join(words, "\n") + "\n"; got != string(out) {
			t.Errorf("%s: %q, bash has %q", line, words, out)
		}
	}
}

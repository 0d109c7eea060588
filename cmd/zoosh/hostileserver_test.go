package main

import (
	"io"
	"strings"
	"testing"
	"time"

	enemy "zoosh/internal/hostile"
	"zoosh/internal/zktest"
)

// TestHostileServers: what a server does to a single command takes no more memory and time
// than is bounded, and the message says which flag allows more.
func TestHostileServers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds, and none with the race detector, which takes memory of its own")
	}
	const data = 60_000_000
	endless := enemy.Play{Children: 300, Digits: 50}
	for name, test := range map[string]struct {
		play enemy.Play
		args []string
		code int
		says string
		most int // MB
	}{
		"long reply":  {enemy.Play{Data: 200_000_000}, []string{"get", "/a"}, 1, "-max-reply N takes N MiB", 60},
		"lower limit": {enemy.Play{Data: 5_000_000}, []string{"-max-reply", "4", "get", "/a"}, 1, "at most 4 MiB are read", 60},
		"big data":    {enemy.Play{Data: data}, []string{"get", "/a"}, 0, "", 3*data>>20 + 40},
		"big JSON":    {enemy.Play{Data: data, Text: "\x01\n"}, []string{"-o", "json", "get", "/a"}, 0, "", 3*data>>20 + 40},
		"ls -R":       {endless, []string{"-max-held", "16", "ls", "-R", "/"}, 1, "-max-held N allows N MiB", 150},
		"du":          {endless, []string{"-max-held", "16", "du", "/"}, 1, "-max-held N allows N MiB", 150},
		"tree":        {endless, []string{"-max-held", "16", "tree", "/"}, 1, "-max-held N allows N MiB", 150},
		"grep":        {endless, []string{"-max-held", "16", "grep", "x", "/"}, 1, "-max-held N allows N MiB", 150},
		"deleteall":   {endless, []string{"-max-held", "16", "deleteall", "-y", "/a"}, 1, "-max-held N allows N MiB", 150},
		"cp -r":       {endless, []string{"-max-held", "16", "cp", "-r", "/a", enemy.Absent}, 1, "-max-held N allows N MiB", 150},
		"export":      {endless, []string{"-max-held", "16", "export", "/a", "-"}, 1, "-max-held N allows N MiB", 150},
		"diff":        {endless, []string{"-max-held", "16", "diff", "/a", "/b"}, 2, "-max-held N allows N MiB", 200},
		"flood":       {enemy.Play{Flood: true}, []string{"ls", "-w", "/a"}, -1, "", 150},
		"long flood":  {enemy.Play{Flood: true, Path: "/" + strings.Repeat("x", 900_000)}, []string{"get", "-w", "/a"}, -1, "", 250},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := enemy.Start(test.play)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			cmd := process(t, append([]string{"-server", s.Addr()}, test.args...)...)
			var said strings.Builder
			cmd.Stdout, cmd.Stderr = io.Discard, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				cmd.Wait()
				close(ended)
			}()
			most, late := 0, time.After(60*time.Second)
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for over := false; !over; {
				select {
				case <-ended:
					over = true
				case <-late:
					cmd.Process.Kill()
					<-ended
					t.Fatal("it goes on and on")
				case <-tick.C:
					if _, m, err := zktest.Resident(cmd.Process.Pid); err == nil {
						most = max(most, m)
					}
				}
			}
			t.Logf("%d MB at most; %d MB were sent", most>>20, s.Sent.Load()>>20)
			if most>>20 > test.most {
				t.Errorf("it takes %d MB, and may take %d", most>>20, test.most)
			}
			if code := cmd.ProcessState.ExitCode(); test.code >= 0 && code != test.code || !strings.Contains(said.String(), test.says) {
				t.Errorf("exit code %d, it says %.300s", code, said.String())
			}
		})
	}
	srv := startServer(t, 0)
	if out, errOut, code := zoosh(t, "", "-server", srv.Addr(), "ls", "/"); code != 0 {
		t.Errorf("another server afterwards: %s%s", out, errOut)
	}
}

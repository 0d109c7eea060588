package session

import (
	"errors"
	"strings"
	"testing"

	"zoosh/internal/hostile"
	"zoosh/internal/wire"
)

// TestLostToALongReply: a request whose connection ends by the reply to another one has
// lost its connection, and knows to what.
func TestLostToALongReply(t *testing.T) {
	enemy, err := hostile.Start(hostile.Play{Data: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer enemy.Close()
	s, _ := connect(t, Config{Servers: []string{enemy.Addr()}, Limits: Limits{Reply: 1 << 20}})
	const n = 8
	errs := make(chan error, n)
	for range n {
		go func() {
			_, _, err := s.Get(testContext(t), "/a", nil)
			errs <- err
		}()
	}
	for range n {
		err := <-errs
		long := LongReplyBehind(err)
		if !IsLongReply(err) && !errors.Is(err, &wire.Error{Code: wire.ConnectionLoss}) || long == nil || !strings.Contains(long.Error(), ReplyFlag) {
			t.Errorf("%v; behind it is %v", err, long)
		}
	}
	if LongReplyBehind(&wire.Error{Code: wire.ConnectionLoss}) != nil || LongReplyBehind(nil) != nil {
		t.Error("there is one behind every error")
	}
}

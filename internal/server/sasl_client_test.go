package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zoosh/internal/digestmd5"
	"zoosh/internal/wire"
)

// A saslClient is a connection that logs in.
type saslClient struct {
	*client
	nonce string // the server's
}

// dialSASL connects to a server with a new session.
func dialSASL(t testing.TB, addr string) *saslClient {
	t.Helper()
	return &saslClient{client: connectTo(t, addr, wire.ConnectRequest{Timeout: 30000, Passwd: make([]byte, 16)})}
}

// asks sends a request and tells what the server answers, every byte of it.
func (c *saslClient) asks(op wire.Op, request wire.Record) string {
	c.t.Helper()
	c.xid++
	c.nc.SetDeadline(time.Now().Add(patience))
	if _, err := c.nc.Write(wire.AppendFrame(nil, &wire.RequestHeader{Xid: c.xid, Op: op}, request)); err != nil {
		return "closed"
	}
	h, body, err := c.read()
	if err != nil {
		return "closed"
	}
	if h.Xid != c.xid {
		c.t.Errorf("%v: reply to %d, want %d", op, h.Xid, c.xid)
	}
	answer := fmt.Sprintf("%d %q", h.Err, body)
	if op == wire.OpGetACL {
		var got wire.GetACLResponse
		wire.Unmarshal(body, &got)
		answer = fmt.Sprint(h.Err, got.ACL)
	} else if op != wire.OpSASL && op != wire.OpWhoAmI && h.Err == wire.OK {
		answer = "ok" // there are times in it
	}
	if op == wire.OpSASL {
		answer = fmt.Sprintf("zxid %d, %s", h.Zxid, answer)
	}
	if h.Err == wire.AuthFailed || h.Err == wire.SASLRequired {
		answer += fmt.Sprintf(" and then %q", closes(c.t, c.nc))
	}
	return answer
}

// says sends a token. A challenge is told without its nonce.
func (c *saslClient) says(token string) string {
	c.t.Helper()
	answer := c.asks(wire.OpSASL, &wire.SASLToken{Token: []byte(token)})
	if _, rest, ok := strings.Cut(answer, `nonce=\"`); ok {
		c.nonce, _, _ = strings.Cut(rest, `\"`)
		answer = strings.ReplaceAll(answer, c.nonce, fmt.Sprintf("<%d characters>", len(c.nonce)))
	}
	return answer
}

// responds is the response to the challenge by a client that knows the password, with
// directives changed, "" for none, or added.
func (c *saslClient) responds(user, password string, changes ...string) string {
	cnonce, uri, realm := "cnonce", digestmd5.URI, digestmd5.Realm
	fields := []string{"username", user, "realm", realm, "nonce", c.nonce, "nc", "00000001", "cnonce", cnonce,
		"digest-uri", uri, "maxbuf", "65536", "charset", "utf-8", "qop", "auth"}
	r := &response{realm: &realm, nonce: &c.nonce, cnonce: &cnonce, uri: &uri}
	for i := 0; i < len(changes); i += 2 {
		name, value := changes[i], changes[i+1]
		if name == "digest-uri" {
			r.uri = &value
		}
		if name == "authzid" {
			r.authzid = &value
		}
		fields = altered(fields, name, value)
	}
	if !strings.Contains(strings.Join(changes, " "), "response") {
		fields = append(fields, "response", r.login(user, password).Response())
	}
	var parts []string
	for i := 0; i < len(fields); i += 2 {
		parts = append(parts, fields[i]+"="+digestmd5.Quote(fields[i+1]))
	}
	return strings.Join(parts, ",")
}

func altered(fields []string, name, value string) []string {
	for i := 0; i < len(fields); i += 2 {
		if fields[i] != name {
			continue
		}
		if value == "" {
			return append(fields[:i:i], fields[i+2:]...)
		}
		fields[i+1] = value
		return fields
	}
	return append(fields, name, value)
}

// logsIn is the whole exchange; it tells the last answer without the proof in it, for
// which there are nonces.
func (c *saslClient) logsIn(user, password string) string {
	c.t.Helper()
	c.says("")
	return proven(c.says(c.responds(user, password)))
}

// proven is an answer without the server's proof.
func proven(answer string) string {
	const proof = "rspauth="
	before, after, ok := strings.Cut(answer, proof)
	if !ok || len(after) < 32 {
		return answer
	}
	return before + proof + "<32>" + after[32:]
}

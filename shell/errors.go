package shell

import (
	"context"
	"errors"
	"fmt"

	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// The exit codes of zkCli 3.9.
const (
	exitOK       = 0
	exitFailed   = 1
	exitNotFound = CodeNotFound
)

// CodeNotFound is the exit code of a command that there is not.
const CodeNotFound = 127

// A failure is a command's error in the words zkCli has for it.
type failure struct {
	msg   string
	code  int
	cause error // what the words are about, if anybody asks; nil if nobody does
}

func (f *failure) Error() string { return f.msg }

func failf(format string, args ...any) error {
	return &failure{msg: fmt.Sprintf(format, args...), code: exitFailed}
}

// exitCode is the code that zkCli 3.9 would leave with after err.
func exitCode(err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		return f.code
	}
	return exitFailed
}

// serverMessages are zkCli's sentences for errors of the server
// (CliWrapperException.getMessage); the path follows. Other codes are printed as
// KeeperException words them.
var serverMessages = map[wire.Code]string{
	wire.NoNode:                  "Node does not exist: ",
	wire.NoChildrenForEphemerals: "Ephemerals cannot have children: ",
	wire.NodeExists:              "Node already exists: ",
	wire.NotEmpty:                "Node not empty: ",
	wire.NotReadOnly:             "Not a read-only call: ",
	wire.InvalidACL:              "Acl is not valid : ",
	wire.NoAuth:                  "Insufficient permission : ",
	wire.BadArguments:            "Arguments are not valid : ",
	wire.BadVersion:              "version No is not valid : ",
	wire.QuotaExceeded:           "Quota has exceeded : ",
}

// errorMessage is what zkCli of dialect d prints for err, without Java's names.
// disconnected is why there is no connection, if there is none.
func errorMessage(d Dialect, err, disconnected error) string {
	var server *wire.Error
	if long := session.LongReplyBehind(err); long != nil {
		disconnected = long // whatever the session has met since
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "Interrupted"
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer in time"
	case !errors.As(err, &server):
		return err.Error()
	}
	path := server.Path
	if path == "" {
		path = "null"
	}
	switch {
	case server.Code == wire.NoAuth && d.Before(D38):
		return "Authentication is not valid : " + path
	case server.Code == wire.ConnectionLoss && disconnected != nil:
		return fmt.Sprintf("%v (%v)", server, disconnected)
	}
	if prefix, ok := serverMessages[server.Code]; ok {
		return prefix + path
	}
	return server.Error()
}

func isNoNode(err error) bool { return errors.Is(err, &wire.Error{Code: wire.NoNode}) }

package intent

import (
	"zoosh/shell"
	"zoosh/shell/workspace"
)

// What a lesson wants of the prompts of its roles, and is told of them. A role's prompt has
// one place on the screen, though its session may be replaced by another one.
type (
	// KeepFront has the prompts remember which one is in front: it is again when those of
	// the roles are taken away.
	KeepFront struct{}
	// OpenRole gives a role's session its prompt, the one that the session before had if
	// there was one.
	OpenRole struct {
		Role    string
		Number  int // for its colour
		Session *workspace.Session
		Dialect shell.Dialect
	}
	// ClearRoles tells that the sessions of all roles are gone: their prompts wait for
	// others, and forget what came out of those.
	ClearRoles struct{}
	// DropRoles takes the prompts of roles away. Gone: only of those without a session.
	DropRoles struct{ Gone bool }
	// FrontRole brings a role's prompt to the front.
	FrontRole struct{ Role string }
	// HoldPrompt keeps lines from a role's prompt while the lesson runs one there. GiveUp
	// gives that up.
	HoldPrompt struct {
		Role, Line string
		GiveUp     func()
	}
	// ReleasePrompt gives the prompt back. Replaced: its session is, so that a line which
	// waits is none for the new one.
	ReleasePrompt struct {
		Role     string
		Replaced bool
	}
	// ClearPrompt puts away what is open at a role's prompt, for the lesson to type there.
	ClearPrompt struct{ Role string }
	// Dictate shows what the lesson types at a role's prompt. Without a role nothing is.
	Dictate struct{ Role, Text string }
	// ClaimPrompt wants a PromptFree as soon as no line runs at a role's prompt.
	ClaimPrompt struct{ Role string }
	// PromptFree tells that none does.
	PromptFree struct{ Role string }
	// LineEnded tells that a line of the user's has ended at a role's prompt. The next one is
	// not run before GoOn.
	LineEnded struct {
		Role string
		End  shell.Item
	}
	// GoOn runs the next line that waits at a role's prompt.
	GoOn struct{ Role string }
)
